package org.customeridentity.keycloak.email;

import java.time.Duration;

import org.keycloak.common.util.Time;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.representations.JsonWebToken;

/** That a mailed link counts once, also where it is followed twice at the same moment. */
final class LinkUse {

    private static final String PREFIX = "confirmation-link.";
    private static final int LOOKS = 20;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private LinkUse() {
    }

    private static String key(JsonWebToken token) {
        return PREFIX + token.getId();
    }

    /** Whether the link was used, or is being used at this moment. */
    static boolean begun(KeycloakSession session, JsonWebToken token) {
        return session.singleUseObjects().contains(key(token));
    }

    /** Whether this request is the one that counts. Where its transaction fails, the link is as good as before. */
    static boolean begin(KeycloakSession session, JsonWebToken token) {
        String key = key(token);
        long left = Math.max(1, token.getExp() - Time.currentTimeMillis() / 1000);
        if (!session.singleUseObjects().putIfAbsent(key, left)) {
            return false;
        }
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                // used
            }

            @Override
            protected void rollbackImpl() {
                KeycloakModelUtils.runJobInTransaction(factory, own -> own.singleUseObjects().remove(key));
            }
        });
        return true;
    }

    /** Whether a simultaneous use confirms the address; it is given a moment for its commit. */
    static boolean confirmedMeanwhile(KeycloakSession session, UserModel user) {
        for (int look = 0; look < LOOKS; look++) {
            if (confirmed(session, user.getId())) {
                return true;
            }
            try {
                Thread.sleep(BETWEEN_LOOKS.toMillis());
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    private static boolean confirmed(KeycloakSession session, String userId) {
        String realmId = session.getContext().getRealm().getId();
        return KeycloakModelUtils.runJobInTransactionWithResult(session.getKeycloakSessionFactory(), own -> {
            RealmModel realm = own.realms().getRealm(realmId);
            own.getContext().setRealm(realm);
            UserModel user = own.users().getUserById(realm, userId);
            return user != null && user.isEmailVerified();
        });
    }
}
