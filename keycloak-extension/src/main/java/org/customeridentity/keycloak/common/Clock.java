package org.customeridentity.keycloak.common;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread for what happens after a while; what it runs must be short. */
public final class Clock {

    private static final ScheduledThreadPoolExecutor THREAD = thread();

    private Clock() {
    }

    public static Future<?> after(Duration delay, Runnable work) {
        return THREAD.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "customer-codes-clock");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
