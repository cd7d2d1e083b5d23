package org.customeridentity.keycloak;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

import org.jboss.logging.Logger;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;

/** Work that need not hold up the customer's answer. What a stopping server refuses, reconciliation mends. */
record Background(ExecutorService executor) {

    private static final Logger LOG = Logger.getLogger(Background.class);

    static Background of(KeycloakSession session) {
        return new Background(session.getProvider(ExecutorsProvider.class).getExecutor("customer-codes"));
    }

    void run(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException stopping) {
            LOG.warn("server is stopping: left to the validator's reconciliation");
        }
    }
}
