package org.customeridentity.keycloak;

import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.forms.RegistrationPassword;

/**
 * Keycloak's own action, in its place: when it fails, no user without a password stays (see UserCreation). While the
 * password is hashed, the claim of the code is on its way.
 */
public final class UserPassword extends RegistrationPassword {

    @Override
    public int order() {
        return 100;
    }

    @Override
    public void success(FormContext context) {
        AllOrNothing.run(context, () -> {
            CustomerCodeClaim.beginClaim(context);
            super.success(context);
        });
    }
}
