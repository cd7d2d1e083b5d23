package org.customeridentity.keycloak.validator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.http.conn.DnsResolver;
import org.customeridentity.keycloak.common.Background;

/**
 * The addresses of a name, and which of them is asked first. One that takes no connection is passed over by the client
 * itself; one that takes it and never answers would be the first for ever, so that after a call without an answer it is
 * another one's turn.
 *
 * <p>A name server that is silent (of itself 5 s and more, which nothing interrupts) is not waited for: what it said last
 * counts. How long its answers are remembered otherwise is Java's setting (containers/keycloak/names.security).
 */
final class Replicas implements DnsResolver {

    private final Map<String, CompletableFuture<InetAddress[]>> lookups = new ConcurrentHashMap<>();
    private final Map<String, InetAddress[]> known = new ConcurrentHashMap<>();
    private int turn;
    private long turned = System.nanoTime();

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        List<InetAddress> addresses = Arrays.asList(lookUp(host).clone());
        // A name server may give them in another order each time.
        addresses.sort(Comparator.comparing(InetAddress::getHostAddress));
        Collections.rotate(addresses, turn());
        return addresses.toArray(InetAddress[]::new);
    }

    /** Of calls that waited side by side for the same one, the first counts. */
    synchronized void unanswered(long began) {
        if (began - turned > 0) {
            turn++;
            turned = System.nanoTime();
        }
    }

    private synchronized int turn() {
        return turn;
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
