package org.customeridentity.keycloak.email;

import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.requiredactions.UpdateEmail;
import org.keycloak.models.UserModel;

/**
 * The page that changes the email, in place of Keycloak's own (same id, higher order). A new address that has not
 * confirmed itself yet keeps nobody from logging in: it may be mistyped, and until then the old one counts.
 */
public final class NewEmail extends UpdateEmail {

    @Override
    public int order() {
        return 100;
    }

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        if (context.getUser().getFirstAttribute(UserModel.EMAIL_PENDING) == null) {
            super.evaluateTriggers(context);
        }
    }
}
