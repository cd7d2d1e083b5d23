package org.customeridentity.keycloak.email;

import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.consents.Consents;
import org.keycloak.authentication.actiontoken.ActionTokenContext;
import org.keycloak.authentication.actiontoken.updateemail.UpdateEmailActionToken;
import org.keycloak.authentication.actiontoken.updateemail.UpdateEmailActionTokenHandler;
import org.keycloak.models.UserModel;

/**
 * The link of the mail to a new address, in place of Keycloak's own handler (same id, higher order): it confirms an
 * address as the link of the registration does, so what was consented pending that counts from now.
 */
public final class NewEmailLink extends UpdateEmailActionTokenHandler {

    @Override
    public int order() {
        return 100;
    }

    @Override
    public Response handleToken(UpdateEmailActionToken token, ActionTokenContext<UpdateEmailActionToken> context) {
        UserModel user = context.getAuthenticationSession().getAuthenticatedUser();
        Response response = super.handleToken(token, context);
        if (user.isEmailVerified() && token.getNewEmail().equals(user.getEmail())) {
            Consents.locked(context.getSession(), user).confirmPending("email-confirmed");
        }
        return response;
    }
}
