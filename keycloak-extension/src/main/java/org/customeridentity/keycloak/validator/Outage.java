package org.customeridentity.keycloak.validator;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import org.jboss.logging.Logger;

/**
 * What happens while the validator is away: the one place that decides, for every call.
 *
 * <p>A customer waits CUSTOMER_WAITS at most for all calls of one request together. After a few calls without an
 * answer nobody asks any more, and every call is UNAVAILABLE at once: registrations are refused with what was typed
 * kept, and Keycloak's threads stay free for logins. Every ASK_AGAIN one call finds out whether it is back. The same
 * few calls bound what one node has under way, so that no rush before that takes all of Keycloak's threads (50 on a
 * small machine). Each node of a cluster finds out for itself.
 */
final class Outage {

    static final Duration CUSTOMER_WAITS = Duration.ofSeconds(2);
    static final Duration CONNECTS_WITHIN = Duration.ofSeconds(1);
    /** For the addresses of its name; after that the last ones known count. */
    static final Duration LOOKS_UP_WITHIN = Duration.ofMillis(500);
    /** Where none are known yet; after that it counts as no answer. */
    static final Duration LOOKS_UP_FIRST_WITHIN = CONNECTS_WITHIN;
    /** For a free connection, where so many calls are under way. */
    static final Duration WAITS_FOR_ITS_TURN = Duration.ofMillis(250);
    static final int MOST_AT_ONCE = 16;

    private static final Duration ASK_AGAIN = Duration.ofSeconds(3);
    /** In a row: a share of the last calls would open it for a few failures in a quiet night, among healthy calls. */
    private static final int FAILED = 5;
    private static final String METRIC = "customer_codes.validator.away";

    private static final Logger LOG = Logger.getLogger(Outage.class);
    private static final CircuitBreakerConfig RULES = CircuitBreakerConfig.custom()
            .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(FAILED)
            .minimumNumberOfCalls(FAILED)
            .failureRateThreshold(100)
            .waitDurationInOpenState(ASK_AGAIN)
            .permittedNumberOfCallsInHalfOpenState(1)
            .recordResult(verdict -> ((Verdict) verdict).outcome() == Verdict.Outcome.UNAVAILABLE)
            .writableStackTraceEnabled(false)
            .build();
    /** As many as there are addresses of validators in the realms' settings. */
    private static final Map<URI, CircuitBreaker> BREAKERS = new ConcurrentHashMap<>();

    private Outage() {
    }

    /** The call's verdict; UNAVAILABLE without the call while the validator is away. */
    static Verdict guard(URI validator, Supplier<Verdict> call) {
        try {
            return BREAKERS.computeIfAbsent(validator, Outage::breaker).executeSupplier(call);
        } catch (CallNotPermittedException away) {
            return Verdict.unavailable();
        }
    }

    private static CircuitBreaker breaker(URI validator) {
        CircuitBreaker breaker = CircuitBreaker.of(validator.toString(), RULES);
        breaker.getEventPublisher().onStateTransition(event ->
                tell(validator, event.getStateTransition().getFromState(), event.getStateTransition().getToState()));
        Gauge.builder(METRIC, breaker, one -> one.getState() == State.CLOSED ? 0 : 1)
                .description("1 while the validator does not answer and registrations are refused")
                .tag("validator", validator.toString())
                .register(Metrics.globalRegistry);
        return breaker;
    }

    /** Once when it goes and once when it comes back: not each time that it is asked meanwhile. */
    private static void tell(URI validator, State from, State to) {
        if (from == State.CLOSED && to == State.OPEN) {
            LOG.errorf("customer-code validator at %s is away: registrations are refused; asked again every %d s",
                    validator, ASK_AGAIN.toSeconds());
        } else if (to == State.CLOSED) {
            LOG.infof("customer-code validator at %s answers again: registrations go on", validator);
        }
    }

    /** How long the calls of one request may still take. */
    static final class Patience {

        private long left = CUSTOMER_WAITS.toNanos();

        synchronized Duration left() {
            return Duration.ofNanos(Math.max(0, left));
        }

        synchronized void waited(long nanos) {
            left -= nanos;
        }

        boolean isOver() {
            return left().toMillis() == 0;
        }
    }
}
