package org.customeridentity.keycloak.common;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jboss.logging.Logger;

/**
 * Work of which no answer may show a trace: begun a moment after the request, at a time that nobody can foretell, on
 * threads of its own (those of Keycloak's executors serve requests that wait). What finds no place is dropped and
 * counted: the customer asks again.
 */
public final class AfterAnswer {

    private static final Logger LOG = Logger.getLogger(AfterAnswer.class);
    /** Slow mail servers hold as many connections to the database as there are threads. */
    private static final int THREADS = 4;
    private static final int MOST = 2000;
    private static final long EARLIEST_MS = 200;
    private static final long LATEST_MS = 1200;
    private static final long TELL_EVERY_NS = Duration.ofMinutes(1).toNanos();

    private static final Semaphore PLACES = new Semaphore(MOST);
    /** Apart: what waits for hours takes no place of who asks now. */
    private static final Semaphore PLACES_AGAIN = new Semaphore(MOST);
    private static final ScheduledThreadPoolExecutor EXECUTOR = executor();
    private static final AtomicLong DROPPED = new AtomicLong();
    private static final AtomicLong TOLD = new AtomicLong(System.nanoTime() - TELL_EVERY_NS);

    private AfterAnswer() {
    }

    public static void run(Runnable work) {
        schedule(work, PLACES, ThreadLocalRandom.current().nextLong(EARLIEST_MS, LATEST_MS));
    }

    /** Work that is tried once more, so much later; forgotten where the server ends before. */
    public static void again(Runnable work, Duration later) {
        schedule(work, PLACES_AGAIN, later.toMillis());
    }

    private static void schedule(Runnable work, Semaphore places, long delayMs) {
        if (!places.tryAcquire()) {
            drop();
            return;
        }
        EXECUTOR.schedule(() -> finish(work, places), delayMs, TimeUnit.MILLISECONDS);
    }

    private static void finish(Runnable work, Semaphore places) {
        try {
            work.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("work after an answer failed", fault);
        } finally {
            places.release();
        }
    }

    /** Told once a minute at most: a flood must not fill the log. */
    private static void drop() {
        long dropped = DROPPED.incrementAndGet();
        long told = TOLD.get();
        long now = System.nanoTime();
        if (now - told >= TELL_EVERY_NS && TOLD.compareAndSet(told, now)) {
            LOG.warnf("too much to do after answers: %d requests dropped since the start", dropped);
        }
    }

    private static ScheduledThreadPoolExecutor executor() {
        return new ScheduledThreadPoolExecutor(THREADS, work -> {
            Thread thread = new Thread(work, "customer-identity-after");
            thread.setDaemon(true);
            thread.setContextClassLoader(AfterAnswer.class.getClassLoader());
            return thread;
        });
    }
}
