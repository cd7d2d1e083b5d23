package org.customeridentity.keycloak;

import jakarta.ws.rs.core.Response;

import org.keycloak.authentication.actiontoken.ActionTokenContext;
import org.keycloak.authentication.actiontoken.verifyemail.VerifyEmailActionToken;
import org.keycloak.authentication.actiontoken.verifyemail.VerifyEmailActionTokenHandler;
import org.keycloak.models.UserModel;

/**
 * The link of the confirmation mail, in place of Keycloak's own handler (same id, higher order). It differs in
 * two things: what was consented pending the confirmation counts from now, and also in the browser that
 * registered a message confirms and the customer then logs in with the credentials, as the customers' guide
 * says, instead of being let in silently.
 */
public final class ConfirmationLink extends VerifyEmailActionTokenHandler {

    @Override
    public int order() {
        return 100;
    }

    @Override
    public Response handleToken(VerifyEmailActionToken token, ActionTokenContext<VerifyEmailActionToken> context) {
        UserModel user = context.getAuthenticationSession().getAuthenticatedUser();
        boolean before = user.isEmailVerified();
        if (!context.isAuthenticationSessionFresh() && token.getCompoundOriginalAuthenticationSessionId() == null) {
            // Read by the superclass as "followed elsewhere": it shows the message and ends the old session.
            token.setCompoundOriginalAuthenticationSessionId(token.getCompoundAuthenticationSessionId());
        }
        Response response = super.handleToken(token, context);
        if (!before && user.isEmailVerified()) {
            Consents.locked(context.getSession(), user).confirmPending("email-confirmed");
        }
        return response;
    }
}
