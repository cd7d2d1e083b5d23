package org.customeridentity.keycloak;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.util.JsonSerialization;

/**
 * The calls of the validator's /v1 (customer-code-validator/openapi.yaml). Every call may be repeated without
 * harm, is bounded in time, and never throws: no answer, or one that is not understood, is UNAVAILABLE.
 * The JDK's client is used because Keycloak's own has no connect time-out by default.
 */
final class ValidatorClient {

    private static final Logger LOG = Logger.getLogger(ValidatorClient.class);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    /** Bounds the whole exchange: HttpRequest.timeout() alone stops counting once the headers have come. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    private final ValidatorSettings settings;

    private ValidatorClient(ValidatorSettings settings) {
        this.settings = settings;
    }

    static ValidatorClient of(KeycloakSession session, RealmModel realm) {
        ValidatorSettings settings = settings(session, realm);
        if (settings == null) {
            LOG.errorf("realm %s: execution %s of the registration flow needs %s, and %s or the environment's %s",
                    realm.getName(), CustomerCodePageFactory.ID, ValidatorSettings.URL, ValidatorSettings.SECRET,
                    ValidatorSettings.SECRET_ENVIRONMENT);
        }
        return new ValidatorClient(settings);
    }

    private static ValidatorSettings settings(KeycloakSession session, RealmModel realm) {
        try {
            return ValidatorSettings.of(session, realm);
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
    }

    Verdict reserve(String code, String owner, String address) {
        return post("reservations", Map.of("code", code, "owner", owner, "address", address));
    }

    Verdict check(String reservation, String codiceFiscale, String firstName, String lastName) {
        return post(step(reservation, "check"),
                Map.of("codiceFiscale", codiceFiscale, "firstName", firstName, "lastName", lastName));
    }

    Verdict claim(String reservation, String userId, String codiceFiscale) {
        return post(step(reservation, "claim"), Map.of("userId", userId, "codiceFiscale", codiceFiscale));
    }

    Verdict confirm(String reservation, String userId) {
        return post(step(reservation, "confirm"), Map.of("userId", userId));
    }

    Verdict release(String reservation, String userId) {
        return post(step(reservation, "release"), Map.of("userId", userId));
    }

    Verdict userDeleted(String userId) {
        return send("DELETE", "users/" + segment(userId) + "/code", BodyPublishers.noBody());
    }

    private static String step(String reservation, String step) {
        return "reservations/" + segment(reservation) + "/" + step;
    }

    private static String segment(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private Verdict post(String path, Map<String, String> body) {
        try {
            return send("POST", path, BodyPublishers.ofByteArray(JsonSerialization.writeValueAsBytes(body)));
        } catch (IOException notJson) {
            throw new IllegalStateException(notJson);
        }
    }

    private Verdict send(String method, String path, BodyPublisher body) {
        if (settings == null) {
            return Verdict.unavailable();
        }
        URI target = settings.url().resolve("v1/" + path);
        HttpRequest request = HttpRequest.newBuilder(target)
                .header("Authorization", "Bearer " + settings.secret())
                .header("Content-Type", "application/json")
                .timeout(ANSWER_LIMIT)
                .method(method, body)
                .build();
        long deadline = System.nanoTime() + ANSWER_LIMIT.toNanos();
        try {
            return exchange(request, deadline);
        } catch (IOException dropped) {
            // A kept-alive connection that the service has just closed fails at once; once more, on a fresh one.
            return again(request, deadline);
        }
    }

    private Verdict again(HttpRequest request, long deadline) {
        try {
            return exchange(request, deadline);
        } catch (IOException noAnswer) {
            LOG.warnf("customer-code validator at %s gave no answer: %s", settings.url(), noAnswer);
            return Verdict.unavailable();
        }
    }

    private Verdict exchange(HttpRequest request, long deadline) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer = HTTP.sendAsync(request, BodyHandlers.ofByteArray());
        try {
            HttpResponse<byte[]> response = answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            return read(response);
        } catch (TimeoutException slow) {
            answer.cancel(true);
            throw new IOException("nothing within " + ANSWER_LIMIT.toSeconds() + " s", slow);
        } catch (ExecutionException failed) {
            throw new IOException(String.valueOf(failed.getCause()), failed);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Verdict.unavailable();
        }
    }

    private Verdict read(HttpResponse<byte[]> response) {
        Verdict verdict;
        try {
            verdict = Verdict.of(response.statusCode(), JsonSerialization.mapper.readTree(response.body()));
        } catch (IOException rubbish) {
            verdict = Verdict.unavailable();
        }
        if (verdict.outcome() == Verdict.Outcome.UNAVAILABLE) {
            LOG.warnf("customer-code validator at %s answered %d with something else than its contract's JSON",
                    settings.url(), response.statusCode());
        }
        return verdict;
    }
}
