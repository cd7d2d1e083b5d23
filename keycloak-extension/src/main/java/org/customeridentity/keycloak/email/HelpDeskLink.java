package org.customeridentity.keycloak.email;

import jakarta.ws.rs.core.Response;

import org.keycloak.authentication.actiontoken.ActionTokenContext;
import org.keycloak.authentication.actiontoken.execactions.ExecuteActionsActionToken;
import org.keycloak.authentication.actiontoken.execactions.ExecuteActionsActionTokenHandler;
import org.keycloak.models.UserModel;

/**
 * The link that the help desk has the console mail, in place of Keycloak's own handler: following it proves the
 * address to Keycloak, and so it confirms what that of the confirmation mail does.
 */
public final class HelpDeskLink extends ExecuteActionsActionTokenHandler {

    @Override
    public int order() {
        return 100;
    }

    @Override
    public Response handleToken(ExecuteActionsActionToken token, ActionTokenContext<ExecuteActionsActionToken> context) {
        UserModel user = context.getAuthenticationSession().getAuthenticatedUser();
        boolean before = user.isEmailVerified();
        Response response = super.handleToken(token, context);
        if (!before && user.isEmailVerified()) {
            ConfirmationLink.followed(context.getSession(), user);
        }
        return response;
    }
}
