package org.customeridentity.keycloak.validator;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Future;

import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpDelete;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.ContentType;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.customeridentity.keycloak.common.Clock;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.util.JsonSerialization;

/**
 * The calls of the validator's /v1 (customer-code-validator/openapi.yaml). Every call may be repeated without
 * harm, is bounded in time, and never throws: no answer, or one that is not understood, is UNAVAILABLE. What is done
 * where answers stay away is decided in Outage.
 *
 * @param settings null where the realm has none: every call is UNAVAILABLE then
 * @param patience what its request may still wait
 * @param requestId of the customer's request that the calls are made for
 */
public record ValidatorClient(ValidatorSettings settings, Outage.Patience patience, String requestId) {

    private static final Logger LOG = Logger.getLogger(ValidatorClient.class);
    /** Bytes: many times the largest answer of the contract. */
    private static final int MOST_BYTES = 64 * 1024;

    /** Once a request: its settings may have to be read from the vault. */
    public static ValidatorClient of(KeycloakSession session, RealmModel realm) {
        String name = ValidatorClient.class.getName() + realm.getId();
        ValidatorClient known = session.getAttribute(name, ValidatorClient.class);
        if (known != null) {
            return known;
        }
        ValidatorClient client = new ValidatorClient(settings(session, realm), new Outage.Patience(),
                RequestId.of(session));
        if (client.settings() == null) {
            LOG.errorf("realm %s: execution %s of the registration flow needs %s (http:// or https://) "
                    + "and %s or the environment's %s",
                    realm.getName(), ValidatorSettings.AUTHENTICATOR, ValidatorSettings.URL, ValidatorSettings.SECRET,
                    ValidatorSettings.SECRET_ENVIRONMENT);
        }
        session.setAttribute(name, client);
        return client;
    }

    /** The same for work after the request, which nobody waits for. */
    public ValidatorClient afterwards() {
        return new ValidatorClient(settings, new Outage.Patience(), requestId);
    }

    /** Whether the customer has waited as long as a customer should. */
    public boolean patienceIsOver() {
        return patience.isOver();
    }

    private static ValidatorSettings settings(KeycloakSession session, RealmModel realm) {
        try {
            return ValidatorSettings.of(session, realm);
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
    }

    public Verdict reserve(String code, String owner, String address) {
        return post("reservations", Map.of("code", code, "owner", owner, "address", address));
    }

    public Verdict check(String reservation, String codiceFiscale, String firstName, String lastName) {
        return post(step(reservation, "check"),
                Map.of("codiceFiscale", codiceFiscale, "firstName", firstName, "lastName", lastName));
    }

    public Verdict claim(String reservation, String code, String userId, String codiceFiscale, String email) {
        return post(step(reservation, "claim"),
                Map.of("code", code, "userId", userId, "codiceFiscale", codiceFiscale, "email", email));
    }

    /** Claims whose users have come to stay, each as `reservation` and `userId`. */
    public Verdict confirm(Collection<Map<String, String>> claims) {
        return post("confirmations", Map.of("confirmations", claims));
    }

    public Verdict release(String reservation, String userId) {
        return post(step(reservation, "release"), Map.of("userId", userId));
    }

    /** Whose account the code is, for who knows its codice fiscale. */
    public Verdict holder(String code, String codiceFiscale, String address) {
        return post("holders", Map.of("code", code, "codiceFiscale", codiceFiscale, "address", address));
    }

    public Verdict userDeleted(String userId) {
        return settings == null ? Verdict.unavailable()
                : send(new HttpDelete(address("users/" + segment(userId) + "/code")));
    }

    private static String step(String reservation, String step) {
        return "reservations/" + segment(reservation) + "/" + step;
    }

    private static String segment(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private Verdict post(String path, Map<String, ?> body) {
        if (settings == null) {
            return Verdict.unavailable();
        }
        HttpPost request = new HttpPost(address(path));
        try {
            byte[] json = JsonSerialization.writeValueAsBytes(body);
            request.setEntity(new ByteArrayEntity(json, ContentType.APPLICATION_JSON));
        } catch (IOException notJson) {
            throw new IllegalStateException(notJson);
        }
        return send(request);
    }

    private URI address(String path) {
        return settings.url().resolve("v1/" + path);
    }

    private Verdict send(HttpRequestBase request) {
        return patience.isOver() ? Verdict.unavailable() : Outage.guard(settings.url(), () -> bounded(request));
    }

    private Verdict bounded(HttpRequestBase request) {
        request.setHeader("Authorization", "Bearer " + settings.secret());
        request.setHeader(RequestId.HEADER, requestId);
        HttpContext context = new BasicHttpContext();
        long began = System.nanoTime();
        // Bounds the whole exchange: the socket's own limit begins anew with every byte.
        Future<?> limit = Clock.after(patience.left(), request::abort);
        try {
            return exchange(request, context);
        } catch (ConnectionPoolTimeoutException rush) {
            return unanswered(rush);
        } catch (IOException dropped) {
            // A kept-alive connection that the service has just closed fails at once; once more, on a fresh one.
            return again(request, context);
        } finally {
            limit.cancel(false);
            patience.waited(System.nanoTime() - began);
        }
    }

    private Verdict again(HttpRequestBase request, HttpContext context) {
        try {
            return exchange(request, context);
        } catch (IOException noAnswer) {
            ValidatorHttp.unanswered(context);
            return unanswered(noAnswer);
        }
    }

    private Verdict unanswered(IOException why) {
        LOG.warnf("customer-code validator at %s gave no answer to request %s: %s", settings.url(), requestId, why);
        return Verdict.unavailable();
    }

    /** Throws at once where the request was aborted before. */
    private Verdict exchange(HttpRequestBase request, HttpContext context) throws IOException {
        try (CloseableHttpResponse response = ValidatorHttp.send(request, context)) {
            byte[] body = new byte[0];
            if (response.getEntity() != null) {
                try (InputStream content = response.getEntity().getContent()) {
                    body = content.readNBytes(MOST_BYTES);
                }
            }
            return read(response.getStatusLine().getStatusCode(), body);
        }
    }

    private Verdict read(int status, byte[] body) {
        Verdict verdict;
        try {
            verdict = Verdict.of(status, JsonSerialization.mapper.readTree(body));
        } catch (IOException rubbish) {
            verdict = Verdict.unavailable();
        }
        if (verdict.outcome() == Verdict.Outcome.UNAVAILABLE) {
            LOG.warnf("customer-code validator at %s answered %d to request %s with something else than its contract's "
                    + "JSON", settings.url(), status, requestId);
        }
        return verdict;
    }
}
