package org.customeridentity.keycloak.validator;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The validator's answer as Keycloak needs it: the body of an acceptance, or why not, in short codes.
 * Anything that is not a well-formed answer of the service is UNAVAILABLE: fail closed.
 */
public record Verdict(Outcome outcome, JsonNode body, String reason, List<FieldReason> fields) {

    public enum Outcome { ACCEPTED, REFUSED, UNAVAILABLE }

    public record FieldReason(String field, String reason) { }

    /** Statuses with which the service refuses what was typed; every other failure is a fault of the systems. */
    private static final Set<Integer> REFUSALS = Set.of(400, 409, 413, 429);
    private static final String UNAVAILABLE = "unavailable";
    private static final String INVALID = "invalid";
    /** Reasons that the theme has words for; a reason from a newer service must not show as a raw key. */
    private static final Set<String> KNOWN = Set.of("code_refused", "too_many_tries", "identity_mismatch",
            "codice_fiscale_invalid", "reservation_lost", "claim_refused", "request_invalid", INVALID);

    public static Verdict unavailable() {
        return new Verdict(Outcome.UNAVAILABLE, null, UNAVAILABLE, List.of());
    }

    static Verdict of(int status, JsonNode body) {
        if (body == null || !body.isObject()) {
            return unavailable();
        }
        if (status == 200) {
            return new Verdict(Outcome.ACCEPTED, body, null, List.of());
        }
        if (REFUSALS.contains(status) && body.path("reason").isTextual()) {
            return new Verdict(Outcome.REFUSED, body, known(body.path("reason").asText()), fieldsOf(body));
        }
        return unavailable();
    }

    private static List<FieldReason> fieldsOf(JsonNode body) {
        return body.path("errors").valueStream()
                .map(error -> new FieldReason(error.path("field").asText(), known(error.path("reason").asText())))
                .toList();
    }

    private static String known(String reason) {
        return KNOWN.contains(reason) ? reason : INVALID;
    }

    public boolean accepted() {
        return outcome == Outcome.ACCEPTED;
    }

    /** This verdict, or UNAVAILABLE where it accepts without these texts: not the service's own answer then. */
    public Verdict requiring(String... texts) {
        return accepted() && Stream.of(texts).anyMatch(name -> text(name) == null) ? unavailable() : this;
    }

    /** A text of the accepted body, or null where the service left it out. */
    public String text(String field) {
        return body == null || !body.path(field).isTextual() ? null : body.path(field).asText();
    }

    /** The texts of a list in the accepted body; none where there is no such list. */
    public List<String> texts(String field) {
        return body == null ? List.of() : body.path(field).valueStream().map(JsonNode::asText).toList();
    }

    /** The reason for an event: of the fields where it names them. */
    public String described() {
        return fields.isEmpty() ? reason
                : fields.stream().map(field -> field.field() + ": " + field.reason()).collect(Collectors.joining(", "));
    }

    /** The theme's message key for this refusal. */
    public String messageKey() {
        return messageKey(reason);
    }

    public static String messageKey(String reason) {
        return "reason." + reason;
    }
}
