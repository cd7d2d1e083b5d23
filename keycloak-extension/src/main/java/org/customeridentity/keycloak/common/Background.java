package org.customeridentity.keycloak.common;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import org.jboss.logging.Logger;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;

/** Work beside the request, or after it. */
public record Background(ExecutorService executor) {

    private static final Logger LOG = Logger.getLogger(Background.class);
    private static final ExecutorService BESIDE = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "customer-codes-beside");
        thread.setDaemon(true);
        return thread;
    });

    public static Background of(KeycloakSession session) {
        return new Background(session.getProvider(ExecutorsProvider.class).getExecutor("customer-codes"));
    }

    /** Work whose result the request waits for in the end: as many threads as there are such requests. */
    public static <T> CompletableFuture<T> beside(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, BESIDE);
    }

    /** Work after the request: few threads, and a queue. */
    public void run(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException stopping) {
            LOG.warn("server is stopping: left to the validator's reconciliation");
        }
    }
}
