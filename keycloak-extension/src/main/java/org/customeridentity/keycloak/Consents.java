package org.customeridentity.keycloak;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.keycloak.models.UserModel;
import org.keycloak.util.JsonSerialization;

/**
 * A customer's consents as user attributes: consent.PURPOSE holds what counts now (granted, pending, denied), the
 * append-only consentHistory one JSON object for every choice, with what proves it.
 */
final class Consents {

    static final String GRANTED = "granted";
    static final String PENDING = "pending";
    static final String DENIED = "denied";
    private static final String PREFIX = "consent.";
    private static final String HISTORY = "consentHistory";

    private final UserModel user;

    Consents(UserModel user) {
        this.user = user;
    }

    void record(String purpose, String state, String version, PrivacyNotice shown, String channel) {
        Map<String, String> entry = new LinkedHashMap<>();
        entry.put("purpose", purpose);
        entry.put("choice", state);
        entry.put("version", version);
        entry.put("sha256", shown.sha256());
        entry.put("locale", shown.locale());
        entry.put("channel", channel);
        append(purpose, state, entry);
    }

    /** The address is proved: what was pending counts from now (double opt-in). */
    void confirmPending(String proof) {
        pending().forEach(last -> {
            Map<String, String> entry = new LinkedHashMap<>();
            last.properties().forEach(field -> entry.put(field.getKey(), field.getValue().asText()));
            entry.put("choice", GRANTED);
            entry.put("proof", proof);
            append(entry.get("purpose"), GRANTED, entry);
        });
    }

    /** The last entry of each purpose whose choice still waits. */
    private List<JsonNode> pending() {
        Map<String, JsonNode> last = new LinkedHashMap<>();
        history().map(Consents::parse).forEach(entry -> last.put(entry.path("purpose").asText(), entry));
        return last.values().stream()
                .filter(entry -> PENDING.equals(user.getFirstAttribute(PREFIX + entry.path("purpose").asText())))
                .toList();
    }

    private void append(String purpose, String state, Map<String, String> entry) {
        entry.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        user.setSingleAttribute(PREFIX + purpose, state);
        user.setAttribute(HISTORY, Stream.concat(history(), Stream.of(write(entry))).toList());
    }

    private Stream<String> history() {
        return user.getAttributeStream(HISTORY);
    }

    private static JsonNode parse(String entry) {
        try {
            return JsonSerialization.mapper.readTree(entry);
        } catch (IOException broken) {
            throw new IllegalStateException("consentHistory holds something else than JSON", broken);
        }
    }

    private static String write(Map<String, String> entry) {
        try {
            return JsonSerialization.writeValueAsString(entry);
        } catch (IOException notJson) {
            throw new IllegalStateException(notJson);
        }
    }
}
