package org.customeridentity.keycloak.common;

import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;

/** Of a step that has settings in the realm; nobody sets it up for an account of theirs. */
public interface AnonymousStepFactory extends AuthenticatorFactory, StatelessFactory<Authenticator> {

    @Override
    default boolean isConfigurable() {
        return true;
    }

    @Override
    default boolean isUserSetupAllowed() {
        return false;
    }
}
