package org.customeridentity.keycloak.registration;

import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.authentication.forms.RegistrationUserCreation;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Keycloak's own action, in its place: when it fails after it has written the user, nothing stays. Two simultaneous
 * submits of one browser share its authentication session, and one may find the other's user in it. Being the first
 * action, it has the codice fiscale checked while the other fields are validated.
 */
public final class UserCreation extends RegistrationUserCreation {

    /** Keycloak has a note of its own only from 26.7 on. */
    private static final String NOTE = "customer-registered";

    /** Whether the customer of this session has registered in it. */
    public static boolean happenedIn(AuthenticationSessionModel session) {
        return session.getAuthNote(NOTE) != null;
    }

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
        AllOrNothing.run(context, () -> {
            super.success(context);
            context.getAuthenticationSession().setAuthNote(NOTE, "true");
        });
    }
}
