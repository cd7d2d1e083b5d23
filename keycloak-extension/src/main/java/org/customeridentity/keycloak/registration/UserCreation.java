package org.customeridentity.keycloak.registration;

import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.authentication.forms.RegistrationUserCreation;

/**
 * Keycloak's own action, in its place: when it fails after it has written the user, nothing stays. The user enters
 * the browser's session with its code; where the claim is switched off in the console, at once. Being the first
 * action, it has the codice fiscale checked while the other fields are validated.
 */
public final class UserCreation extends RegistrationUserCreation {

    @Override
    public int order() {
        return 100;
    }

    @Override
    public void validate(ValidationContext context) {
        CustomerCodeClaim.beginCheck(context);
        super.validate(RegistrationEvent.telling(context));
        RegistrationEvent.forget(context.getEvent());
    }

    @Override
    public void success(FormContext context) {
        AllOrNothing.run(context, newUser -> {
            super.success(newUser);
            if (!CustomerCodeClaim.asked(context)) {
                newUser.enterSession();
            }
        });
    }
}
