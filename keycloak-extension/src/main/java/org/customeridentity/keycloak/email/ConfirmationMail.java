package org.customeridentity.keycloak.email;

import java.time.Duration;
import java.util.Date;
import java.util.Objects;

import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.registration.NewUser;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.actiontoken.verifyemail.VerifyEmailActionToken;
import org.keycloak.authentication.requiredactions.VerifyEmail;
import org.keycloak.authentication.requiredactions.util.EmailCooldownManager;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Keycloak's VERIFY_EMAIL, in its place. Keycloak sends a mail at every login of an unconfirmed customer; here a
 * login sends one only where no earlier link is good any more, and else says when the last mail left. More can be
 * asked for, so many a day; only who knows the password gets so far, so that nobody can use up another's.
 */
public final class ConfirmationMail extends VerifyEmail {

    private static final int MOST_ASKED_FOR = 5;

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

    /** "Send it again". */
    @Override
    public void processAction(RequiredActionContext context) {
        tellLast(context);
        if (EmailCooldownManager.retrieveCooldownEntry(context, EMAIL_RESEND_COOLDOWN_KEY_PREFIX) != null) {
            super.processAction(context); // says how long to wait
            return;
        }
        MailAllowance allowance = new MailAllowance(context.getSession(), context.getRealm());
        UserModel user = context.getUser();
        if (!allowance.take(new MailAllowance.Bound("confirmation", user.getId() + " " + user.getEmail(),
                MOST_ASKED_FOR, Duration.ofDays(1)))) {
            context.challenge(context.form().setError("confirmationMailsEnough")
                    .createResponse(UserModel.RequiredAction.VERIFY_EMAIL));
            return;
        }
        super.processAction(context);
        if (!keep(context)) {
            allowance.giveBack();
        }
    }

    /** Has the page say when the last mail left, if its link is good; who has just registered knows. */
    private static boolean tellLast(RequiredActionContext context) {
        SentConfirmation last = SentConfirmation.goodFor(context.getUser());
        if (last == null) {
            return false;
        }
        if (!NewUser.entered(context.getAuthenticationSession())) {
            context.form().setAttribute("mailSent", Date.from(last.sent()))
                    .setAttribute("mailGoodUntil", Date.from(last.goodUntil()));
        }
        return true;
    }

    /** Whether the mail left; it is remembered then. */
    private static boolean keep(RequiredActionContext context) {
        UserModel user = context.getUser();
        AuthenticationSessionModel session = context.getAuthenticationSession();
        if (user.isEmailVerified() || session.getAuthNote(Constants.VERIFY_EMAIL_KEY) == null) {
            return false;
        }
        Response page = context.getChallenge();
        if (page == null || page.getStatus() != Response.Status.OK.getStatusCode()) {
            // The mail did not leave, though Keycloak noted so first: the next try sends.
            session.removeAuthNote(Constants.VERIFY_EMAIL_KEY);
            context.challenge(context.form().setError("confirmationMailNotSent")
                    .createErrorPage(Response.Status.SERVICE_UNAVAILABLE));
            return false;
        }
        int lifespan = context.getRealm().getActionTokenGeneratedByUserLifespan(VerifyEmailActionToken.TOKEN_TYPE);
        SentConfirmation.now(Duration.ofSeconds(lifespan), user.getEmail()).keepIn(user);
        return true;
    }
}
