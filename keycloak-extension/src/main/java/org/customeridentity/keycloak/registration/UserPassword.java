package org.customeridentity.keycloak.registration;

import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.authentication.forms.RegistrationPassword;

/** Keycloak's own action, in its place: when it fails, no user without a password stays (see UserCreation). */
public final class UserPassword extends RegistrationPassword {

    @Override
    public int order() {
        return 100;
    }

    @Override
    public void validate(ValidationContext context) {
        super.validate(RegistrationEvent.telling(context));
    }

    @Override
    public void success(FormContext context) {
        AllOrNothing.run(context, super::success);
    }
}
