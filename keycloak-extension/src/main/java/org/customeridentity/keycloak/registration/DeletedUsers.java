package org.customeridentity.keycloak.registration;

import org.customeridentity.keycloak.common.Background;
import org.customeridentity.keycloak.common.Customer;
import org.customeridentity.keycloak.validator.ValidatorClient;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.UserModel.UserRemovedEvent;

/** Frees the code of a deleted user, after the deletion's commit. */
final class DeletedUsers {

    private DeletedUsers() {
    }

    static void listen(KeycloakSessionFactory factory) {
        factory.register(event -> {
            if (event instanceof UserRemovedEvent removed) {
                onRemoved(removed);
            }
        });
    }

    private static void onRemoved(UserRemovedEvent removed) {
        if (!Customer.is(removed.getUser())) {
            return;
        }
        KeycloakSession session = removed.getKeycloakSession();
        ValidatorClient validator = ValidatorClient.of(session, removed.getRealm()).afterwards();
        Background background = Background.of(session);
        String userId = removed.getUser().getId();
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                background.run(() -> validator.userDeleted(userId));
            }

            @Override
            protected void rollbackImpl() {
                // the user is still there, and so is the claim
            }
        });
    }
}
