package org.customeridentity.keycloak.validator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.http.conn.DnsResolver;
import org.customeridentity.keycloak.common.Background;

/**
 * The addresses of a name, and which of them is asked first. One that takes no connection is passed over by the client
 * itself; one that takes it and never answers would be the first for ever, so that whoever was silent comes last, until
 * all others have been silent since.
 *
 * <p>A name server that is silent (of itself 5 s and more, which nothing interrupts) is not waited for: what it said last
 * counts. How long its answers are remembered otherwise is Java's setting (containers/keycloak/names.security).
 */
final class Replicas implements DnsResolver {

    /** Replicas come and go, each with an address of its own. */
    private static final int MOST_SILENT = 64;

    private final Map<String, CompletableFuture<InetAddress[]>> lookups = new ConcurrentHashMap<>();
    private final Map<String, InetAddress[]> known = new ConcurrentHashMap<>();
    private final Map<InetAddress, Long> silent = new ConcurrentHashMap<>();
    private final AtomicLong silences = new AtomicLong();

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        List<InetAddress> addresses = Arrays.asList(lookUp(host).clone());
        // A name server may give them in another order each time. A snapshot: the order must not change while sorting.
        Map<InetAddress, Long> since = Map.copyOf(silent);
        addresses.sort(Comparator.comparing((InetAddress address) -> since.getOrDefault(address, 0L))
                .thenComparing(InetAddress::getHostAddress));
        return addresses.toArray(InetAddress[]::new);
    }

    void unanswered(InetAddress address) {
        if (silent.size() >= MOST_SILENT) {
            silent.clear();
        }
        silent.put(address, silences.incrementAndGet());
    }

    private InetAddress[] lookUp(String host) throws UnknownHostException {
        InetAddress[] last = known.get(host);
        // One at a time of each name: a silent server must not gather threads.
        CompletableFuture<InetAddress[]> lookup = lookups.compute(host,
                (name, before) -> before == null || before.isDone() ? Background.beside(() -> ask(name)) : before);
        try {
            Duration patience = last == null ? Outage.LOOKS_UP_FIRST_WITHIN : Outage.LOOKS_UP_WITHIN;
            return lookup.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException unknown) {
            // A name server that begins anew refuses for a moment, or knows nobody.
            if (last != null) {
                return last;
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        throw new UnknownHostException(host);
    }

    private InetAddress[] ask(String host) {
        try {
            InetAddress[] found = InetAddress.getAllByName(host);
            known.put(host, found);
            return found;
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(unknown);
        }
    }
}
