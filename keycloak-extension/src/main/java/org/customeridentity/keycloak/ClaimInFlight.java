package org.customeridentity.keycloak;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.keycloak.authentication.FormContext;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;

/**
 * The claim of the code for a user just created, on its way to the validator while Keycloak goes on with the
 * registration (hashing the password takes far longer than the answer). Nobody is registered before the answer is
 * there: CustomerCodeClaim waits for it.
 *
 * <p>It hears itself how Keycloak's transaction ended, and has the claim settled. "Rolled back" alone does not prove
 * that the user is absent (another enlisted transaction may fail after the JPA commit): the settlement looks.
 */
final class ClaimInFlight extends AbstractKeycloakTransaction {

    private final ClaimSettlement.Claim claim;
    private final Background background;
    private CompletableFuture<Verdict> answer;

    private ClaimInFlight(FormContext context, Reservation reservation, UserModel user) {
        KeycloakSession session = context.getSession();
        ValidatorClient validator = ValidatorClient.of(session, context.getRealm());
        this.claim = new ClaimSettlement.Claim(session.getKeycloakSessionFactory(), validator,
                context.getRealm().getId(), reservation.id(), user.getId());
        this.background = Background.of(session);
    }

    /** The claim under way in this request, sent now where it was not before. */
    static ClaimInFlight of(FormContext context, Reservation reservation, UserModel user) {
        KeycloakSession session = context.getSession();
        ClaimInFlight known = session.getAttribute(ClaimInFlight.class.getName(), ClaimInFlight.class);
        if (known != null) {
            return known;
        }
        ClaimInFlight sent = new ClaimInFlight(context, reservation, user);
        session.setAttribute(ClaimInFlight.class.getName(), sent);
        // First the hook, then the claim: a claim that timed out here but succeeded there is released by the hook.
        session.getTransactionManager().enlistAfterCompletion(sent);
        sent.send(FormField.of(context.getHttpRequest(), CustomerCodeClaim.CODICE_FISCALE));
        return sent;
    }

    private void send(String codiceFiscale) {
        answer = Background.beside(
                () -> claim.validator().claim(claim.reservation(), claim.userId(), codiceFiscale));
    }

    /** Bounded by the client's own limit. */
    Verdict verdict() {
        return answer.join();
    }

    /** Outside the request: a lost confirmation is reconciled. */
    @Override
    protected void commitImpl() {
        ClaimSettlement.later(claim, background);
    }

    /** Before the answer to the customer, who may try again at once and must find the code free. */
    @Override
    protected void rollbackImpl() {
        answer.join();
        ClaimSettlement.settle(List.of(claim));
    }
}
