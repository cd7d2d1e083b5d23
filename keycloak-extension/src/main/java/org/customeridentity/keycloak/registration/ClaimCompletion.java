package org.customeridentity.keycloak.registration;

import java.util.List;

import org.customeridentity.keycloak.common.Background;
import org.customeridentity.keycloak.validator.ValidatorClient;
import org.keycloak.authentication.FormContext;
import org.keycloak.models.AbstractKeycloakTransaction;

/**
 * Hears how Keycloak's transaction ended, and has the claim settled. "Rolled back" alone does not prove that the user
 * is absent (another enlisted transaction may fail after the JPA commit): the settlement looks.
 */
final class ClaimCompletion extends AbstractKeycloakTransaction {

    private final ClaimSettlement.Claim claim;
    private final Background background;

    private ClaimCompletion(ClaimSettlement.Claim claim, Background background) {
        this.claim = claim;
        this.background = background;
    }

    static void enlist(FormContext context, ValidatorClient validator, String reservation, String userId) {
        ClaimSettlement.Claim claim = new ClaimSettlement.Claim(context.getSession().getKeycloakSessionFactory(),
                validator, context.getRealm().getId(), reservation, userId);
        context.getSession().getTransactionManager()
                .enlistAfterCompletion(new ClaimCompletion(claim, Background.of(context.getSession())));
    }

    /** Outside the request: a lost confirmation is reconciled. */
    @Override
    protected void commitImpl() {
        ClaimSettlement.later(claim, background);
    }

    /**
     * Before the answer, for the customer may try again at once and must find the code free; but not where the
     * validator has kept the customer waiting already.
     */
    @Override
    protected void rollbackImpl() {
        if (claim.validator().patienceIsOver()) {
            ClaimSettlement.later(claim, background);
        } else {
            ClaimSettlement.settle(List.of(claim));
        }
    }
}
