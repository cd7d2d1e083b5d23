package org.customeridentity.keycloak.common;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;

import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.cache.CachedUserModel;
import org.keycloak.models.jpa.entities.UserEntity;

/**
 * One writer at a time for a user's attributes: Keycloak replaces the values of an attribute by those that a
 * request read before, perhaps from its cache, so that of two requests at once one would lose what the other added.
 */
public final class UserLock {

    private UserLock() {
    }

    /** Waits for other holders; then this transaction sees what they wrote, and holds until its end. */
    public static void hold(KeycloakSession session, UserModel user) {
        EntityManager database = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        UserEntity row = database.find(UserEntity.class, user.getId());
        if (row == null) {
            // A user of a federation, which keeps its own order.
            return;
        }
        database.flush();
        database.refresh(row, LockModeType.PESSIMISTIC_WRITE);
        if (user instanceof CachedUserModel cached) {
            // From here on this user is read from the database.
            cached.getDelegateForUpdate();
        }
    }
}
