package org.customeridentity.keycloak.consents;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jboss.logging.Logger;
import org.keycloak.util.JsonSerialization;

/** One line of a customer's consentHistory: a choice, the text it was made on, and what proves it. */
public record ConsentEntry(Map<String, String> fields) {

    private static final Logger LOG = Logger.getLogger(ConsentEntry.class);

    /** A choice made now. `proof` is null where only the form itself proves it. */
    static ConsentEntry now(String purpose, String choice, ConsentText text, String channel, String proof) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("purpose", purpose);
        fields.put("choice", choice);
        fields.put("version", text.version());
        fields.put("sha256", text.shown().sha256());
        fields.put("locale", text.shown().locale());
        fields.put("channel", channel);
        if (proof != null) {
            fields.put("proof", proof);
        }
        fields.put("time", time());
        return new ConsentEntry(fields);
    }

    /** The same choice on the same text, which counts from now. */
    ConsentEntry granted(String proof) {
        Map<String, String> later = new LinkedHashMap<>(fields);
        later.put("choice", Consents.GRANTED);
        later.put("proof", proof);
        later.put("time", time());
        return new ConsentEntry(later);
    }

    String purpose() {
        return fields.getOrDefault("purpose", "");
    }

    String choice() {
        return fields.getOrDefault("choice", "");
    }

    String version() {
        return fields.getOrDefault("version", "");
    }

    /** Sorts as a text: UTC, ISO 8601. */
    String madeAt() {
        return fields.getOrDefault("time", "");
    }

    /** Empty for anything that is no entry: it stays where it is, and proves nothing. */
    static Optional<ConsentEntry> read(String stored) {
        try {
            Map<String, String> fields = new LinkedHashMap<>();
            JsonSerialization.mapper.readTree(stored).properties()
                    .forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
            return fields.isEmpty() ? Optional.empty() : Optional.of(new ConsentEntry(fields));
        } catch (IOException broken) {
            LOG.error("a line of a consentHistory is no JSON: customer-codes consents shows whose");
            return Optional.empty();
        }
    }

    String written() {
        try {
            return JsonSerialization.writeValueAsString(fields);
        } catch (IOException notJson) {
            throw new IllegalStateException(notJson);
        }
    }

    /** To the millisecond, so that the order of the entries can be read from them. */
    private static String time() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
