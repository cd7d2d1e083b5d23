package org.customeridentity.keycloak.registration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import org.customeridentity.keycloak.common.Background;
import org.customeridentity.keycloak.common.Clock;
import org.customeridentity.keycloak.validator.ValidatorClient;
import org.customeridentity.keycloak.validator.Verdict;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.storage.UserStoragePrivateUtil;

/**
 * Tells the validator what became of claims: the users are looked up in a new transaction, who is present is
 * confirmed, who is absent released; without an answer nothing is said and the validator's reconciliation decides.
 *
 * <p>Commits are gathered for a moment and told in one call: in a rush, most of the cost of telling each is the call
 * itself. What a crash loses in that moment is reconciled like any other claim without a confirmation.
 */
final class ClaimSettlement {

    /** A claim whose transaction has ended. */
    record Claim(KeycloakSessionFactory sessions, ValidatorClient validator, String realmId, String reservation,
            String userId) {

        Claim afterwards() {
            return new Claim(sessions, validator.afterwards(), realmId, reservation, userId);
        }
    }

    private static final Logger LOG = Logger.getLogger(ClaimSettlement.class);
    private static final Duration GATHERING = Duration.ofMillis(300);
    /** As many as the validator takes in one call. */
    private static final int MOST = 20;
    private static final Queue<Claim> ENDED = new ConcurrentLinkedQueue<>();
    private static final AtomicBoolean GATHERS = new AtomicBoolean();

    private ClaimSettlement() {
    }

    /** Soon, with others: nobody waits for it. */
    static void later(Claim claim, Background background) {
        ENDED.add(claim.afterwards());
        if (GATHERS.compareAndSet(false, true)) {
            Clock.after(GATHERING, () -> background.run(ClaimSettlement::settleGathered));
        }
    }

    private static void settleGathered() {
        GATHERS.set(false);
        List<Claim> taken = new ArrayList<>();
        for (Claim next = ENDED.poll(); next != null; next = ENDED.poll()) {
            taken.add(next);
        }
        taken.stream().collect(Collectors.groupingBy(claim -> List.of(claim.realmId(), claim.validator().settings())))
                .values().forEach(claims -> {
                    for (int first = 0; first < claims.size(); first += MOST) {
                        settle(claims.subList(first, Math.min(first + MOST, claims.size())));
                    }
                });
    }

    /** Claims of one realm, at most MOST, now; told under the name of the first one's request. Never throws. */
    static void settle(List<Claim> claims) {
        Claim any = claims.get(0);
        try {
            Map<Boolean, List<Claim>> found = KeycloakModelUtils.runJobInTransactionWithResult(any.sessions(),
                    session -> byPresence(session, any.realmId(), claims));
            if (!found.get(true).isEmpty()) {
                confirm(any.validator(), found.get(true));
            }
            found.get(false).forEach(claim -> claim.validator().release(claim.reservation(), claim.userId()));
        } catch (RuntimeException noAnswer) {
            LOG.warnf("%d registrations left to the validator's reconciliation: %s", claims.size(), noAnswer);
        }
    }

    private static void confirm(ValidatorClient validator, Collection<Claim> claims) {
        Verdict verdict = validator.confirm(claims.stream()
                .map(claim -> Map.of("reservation", claim.reservation(), "userId", claim.userId())).toList());
        verdict.texts("refused").forEach(userId -> LOG.errorf(
                "user %s was registered, but its code belongs to another user: ask the help desk", userId));
    }

    /** The local storage itself: a cache could still know a user that was rolled back. */
    private static Map<Boolean, List<Claim>> byPresence(KeycloakSession session, String realmId, List<Claim> claims) {
        RealmModel realm = session.realms().getRealm(realmId);
        session.getContext().setRealm(realm);
        return claims.stream().collect(Collectors.partitioningBy(claim ->
                UserStoragePrivateUtil.userLocalStorage(session).getUserById(realm, claim.userId()) != null));
    }
}
