package org.customeridentity.keycloak;

import org.jboss.logging.Logger;
import org.keycloak.authentication.FormContext;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.storage.UserStoragePrivateUtil;

/**
 * Tells the validator how Keycloak's transaction ended. "Rolled back" alone does not prove that the user is
 * absent (another enlisted transaction may fail after the JPA commit), so the user is looked up in a new
 * transaction: present, confirm; absent, release; no answer, nothing: the validator's reconciliation decides.
 */
final class ClaimCompletion extends AbstractKeycloakTransaction {

    private static final Logger LOG = Logger.getLogger(ClaimCompletion.class);

    private final KeycloakSessionFactory sessions;
    private final Background background;
    private final ValidatorClient validator;
    private final String realmId;
    private final String reservation;
    private final String userId;

    private ClaimCompletion(FormContext context, ValidatorClient validator, String reservation, String userId) {
        this.sessions = context.getSession().getKeycloakSessionFactory();
        this.background = Background.of(context.getSession());
        this.validator = validator;
        this.realmId = context.getRealm().getId();
        this.reservation = reservation;
        this.userId = userId;
    }

    static void enlist(FormContext context, ValidatorClient validator, String reservation, String userId) {
        context.getSession().getTransactionManager()
                .enlistAfterCompletion(new ClaimCompletion(context, validator, reservation, userId));
    }

    /** Outside the request: the customer has the account already, and a lost confirmation is reconciled. */
    @Override
    protected void commitImpl() {
        background.run(this::settle);
    }

    /** Before the answer: the customer may try again at once and must find the code free. */
    @Override
    protected void rollbackImpl() {
        settle();
    }

    private void settle() {
        try {
            if (KeycloakModelUtils.runJobInTransactionWithResult(sessions, this::userPresent)) {
                confirm();
            } else {
                validator.release(reservation, userId);
            }
        } catch (RuntimeException noAnswer) {
            LOG.warnf("registration left to the validator's reconciliation: %s", noAnswer);
        }
    }

    private void confirm() {
        if (validator.confirm(reservation, userId).outcome() == Verdict.Outcome.REFUSED) {
            LOG.errorf("user %s was registered, but its code belongs to another user: ask the help desk", userId);
        }
    }

    /** The local storage itself: a cache could still know a user that was rolled back. */
    private boolean userPresent(KeycloakSession session) {
        RealmModel realm = session.realms().getRealm(realmId);
        session.getContext().setRealm(realm);
        return UserStoragePrivateUtil.userLocalStorage(session).getUserById(realm, userId) != null;
    }
}
