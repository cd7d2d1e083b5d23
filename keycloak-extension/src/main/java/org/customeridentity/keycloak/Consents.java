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

    /** The choices made on one page, by purpose. */
    void record(Map<String, String> choices, String version, PrivacyNotice shown, String channel) {
        String hash = shown.sha256();
        append(choices.entrySet().stream().map(choice -> {
            Map<String, String> entry = new LinkedHashMap<>();
            entry.put("purpose", choice.getKey());
            entry.put("choice", choice.getValue());
            entry.put("version", version);
            entry.put("sha256", hash);
            entry.put("locale", shown.locale());
            entry.put("channel", channel);
            return entry;
        }).toList());
    }

    /** The address is proved: what was pending counts from now (double opt-in). */
    void confirmPending(String proof) {
        append(pending().stream().map(last -> {
            Map<String, String> entry = new LinkedHashMap<>();
            last.properties().forEach(field -> entry.put(field.getKey(), field.getValue().asText()));
            entry.put("choice", GRANTED);
            entry.put("proof", proof);
            return entry;
        }).toList());
    }

    /** The last entry of each purpose whose choice still waits. */
    private List<JsonNode> pending() {
        Map<String, JsonNode> last = new LinkedHashMap<>();
        history().map(Consents::parse).forEach(entry -> last.put(entry.path("purpose").asText(), entry));
        return last.values().stream()
                .filter(entry -> PENDING.equals(user.getFirstAttribute(PREFIX + entry.path("purpose").asText())))
                .toList();
    }

    /** One write for all: each replaces the whole history in the database. */
    private void append(List<Map<String, String>> entries) {
        if (entries.isEmpty()) {
            return;
        }
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        entries.forEach(entry -> {
            entry.put("time", time);
            user.setSingleAttribute(PREFIX + entry.get("purpose"), entry.get("choice"));
        });
        user.setAttribute(HISTORY, Stream.concat(history(), entries.stream().map(Consents::write)).toList());
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
