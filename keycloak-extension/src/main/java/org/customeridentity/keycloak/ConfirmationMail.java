package org.customeridentity.keycloak;

import java.time.Duration;
import java.util.Date;
import java.util.Objects;

import jakarta.ws.rs.core.Response;

import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.actiontoken.verifyemail.VerifyEmailActionToken;
import org.keycloak.authentication.requiredactions.VerifyEmail;
import org.keycloak.authentication.requiredactions.util.EmailCooldownManager;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Keycloak's VERIFY_EMAIL, in its place. Keycloak sends a mail at every login of an unconfirmed customer; here a
 * login sends one only where no earlier link is good any more, and else says when the last mail left.
 */
public final class ConfirmationMail extends VerifyEmail {

    @Override
    public int order() {
        return 100;
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        AuthenticationSessionModel session = context.getAuthenticationSession();
        if (tellLast(context)) {
            // Keycloak's note that this login has sent its mail: the same page comes, without another one.
            session.setAuthNote(Constants.VERIFY_EMAIL_KEY, context.getUser().getEmail());
        }
        boolean sends = !Objects.equals(session.getAuthNote(Constants.VERIFY_EMAIL_KEY), context.getUser().getEmail());
        super.requiredActionChallenge(context);
        if (sends) {
            keep(context);
        }
    }

    @Override
    public void processAction(RequiredActionContext context) {
        boolean sends = EmailCooldownManager.retrieveCooldownEntry(context, EMAIL_RESEND_COOLDOWN_KEY_PREFIX) == null;
        super.processAction(context);
        if (sends) {
            keep(context);
        }
    }

    /** Has the page say when the last mail left, if its link is good; who has just registered knows. */
    private static boolean tellLast(RequiredActionContext context) {
        SentConfirmation last = SentConfirmation.goodFor(context.getUser());
        if (last == null) {
            return false;
        }
        if (context.getAuthenticationSession().getAuthNote(AuthenticationManager.NEW_USER_REGISTERED) == null) {
            context.form().setAttribute("mailSent", Date.from(last.sent()))
                    .setAttribute("mailGoodUntil", Date.from(last.goodUntil()));
        }
        return true;
    }

    private static void keep(RequiredActionContext context) {
        UserModel user = context.getUser();
        AuthenticationSessionModel session = context.getAuthenticationSession();
        if (user.isEmailVerified() || session.getAuthNote(Constants.VERIFY_EMAIL_KEY) == null) {
            return;
        }
        Response page = context.getChallenge();
        if (page == null || page.getStatus() != Response.Status.OK.getStatusCode()) {
            // The mail did not leave, though Keycloak noted so first: the next try sends.
            session.removeAuthNote(Constants.VERIFY_EMAIL_KEY);
            return;
        }
        int lifespan = context.getRealm().getActionTokenGeneratedByUserLifespan(VerifyEmailActionToken.TOKEN_TYPE);
        SentConfirmation.now(Duration.ofSeconds(lifespan), user.getEmail()).keepIn(user);
    }
}
