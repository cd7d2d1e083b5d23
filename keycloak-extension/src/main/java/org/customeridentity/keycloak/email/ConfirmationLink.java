package org.customeridentity.keycloak.email;

import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.consents.Consents;
import org.keycloak.authentication.actiontoken.ActionTokenContext;
import org.keycloak.authentication.actiontoken.verifyemail.VerifyEmailActionToken;
import org.keycloak.authentication.actiontoken.verifyemail.VerifyEmailActionTokenHandler;
import org.keycloak.events.Errors;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.messages.Messages;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The link of the confirmation mail, in place of Keycloak's own handler (same id, higher order). It differs in
 * three things: what was consented pending the confirmation counts from now; also in the browser that registered a
 * message confirms and the customer then logs in with the credentials, as the customers' guide says, instead of
 * being let in silently; and a link counts once.
 */
public final class ConfirmationLink extends VerifyEmailActionTokenHandler {

    private static final String NO_ACCOUNT = "confirmationNoAccount";

    @Override
    public int order() {
        return 100;
    }

    /** Keycloak's own word for a deleted account is that of a wrong password; this is asked before it looks. */
    @Override
    public String getAuthenticationSessionIdFromToken(VerifyEmailActionToken token,
            ActionTokenContext<VerifyEmailActionToken> context, AuthenticationSessionModel current) {
        KeycloakSession session = context.getSession();
        if (session.users().getUserById(context.getRealm(), token.getUserId()) == null) {
            context.getEvent().event(eventType()).error(Errors.USER_NOT_FOUND);
            throw new ErrorPageException(session, null, Response.Status.BAD_REQUEST, NO_ACCOUNT);
        }
        return super.getAuthenticationSessionIdFromToken(token, context, current);
    }

    @Override
    public Response handleToken(VerifyEmailActionToken token, ActionTokenContext<VerifyEmailActionToken> context) {
        UserModel user = context.getAuthenticationSession().getAuthenticatedUser();
        if (user.isEmailVerified()) {
            return super.handleToken(token, context); // says so
        }
        if (LinkUse.begun(context.getSession(), token)) {
            return usedBefore(context, user);
        }
        if (context.isAuthenticationSessionFresh()) {
            return super.handleToken(token, context); // the page that asks to confirm
        }
        if (!LinkUse.begin(context.getSession(), token)) {
            return usedBefore(context, user);
        }
        if (token.getCompoundOriginalAuthenticationSessionId() == null) {
            // Read by the superclass as "followed elsewhere": it shows the message and ends the old session.
            token.setCompoundOriginalAuthenticationSessionId(token.getCompoundAuthenticationSessionId());
        }
        Response response = super.handleToken(token, context);
        if (user.isEmailVerified()) {
            followed(context.getSession(), user);
        }
        return response;
    }

    /** What follows from a proved address. */
    public static void followed(KeycloakSession session, UserModel user) {
        Consents.locked(session, user).confirmPending("email-confirmed");
        user.removeAttribute(SentConfirmation.ATTRIBUTE);
    }

    private Response usedBefore(ActionTokenContext<VerifyEmailActionToken> context, UserModel user) {
        boolean confirmed = LinkUse.confirmedMeanwhile(context.getSession(), user);
        context.getEvent().user(user).error(confirmed ? Errors.EMAIL_ALREADY_VERIFIED : Errors.INVALID_TOKEN);
        LoginFormsProvider page = context.getSession().getProvider(LoginFormsProvider.class)
                .setAuthenticationSession(context.getAuthenticationSession()).setUser(user);
        return confirmed
                ? page.setAttribute("messageHeader", page.getMessage(Messages.EMAIL_VERIFIED_ALREADY_HEADER))
                        .setInfo(Messages.EMAIL_VERIFIED_ALREADY).createInfoPage()
                : page.setError(getDefaultErrorMessage()).createErrorPage(Response.Status.BAD_REQUEST);
    }
}
