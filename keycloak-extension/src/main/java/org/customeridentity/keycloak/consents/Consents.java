package org.customeridentity.keycloak.consents;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.customeridentity.keycloak.common.UserLock;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;

/**
 * A customer's consents as user attributes: consent.PURPOSE holds what counts now (granted, pending, denied), the
 * append-only consentHistory one JSON object for every choice, with what proves it.
 */
public final class Consents {

    public static final String GRANTED = "granted";
    public static final String PENDING = "pending";
    public static final String DENIED = "denied";
    public static final String PREFIX = "consent.";
    public static final String HISTORY = "consentHistory";

    private final UserModel user;

    /** To read, or to write to a user whom nobody else can know yet. */
    public Consents(UserModel user) {
        this.user = user;
    }

    /** To write: until this transaction ends nobody else writes, and what others wrote is seen. */
    public static Consents locked(KeycloakSession session, UserModel user) {
        UserLock.hold(session, user);
        return new Consents(user);
    }

    /** What counts now: granted, pending, denied, or "" where it was never asked. */
    String state(String purpose) {
        String state = user.getFirstAttribute(PREFIX + purpose);
        return state == null ? "" : state;
    }

    /** True where this version of the text was agreed to. */
    boolean accepted(String purpose, String version) {
        return history().anyMatch(entry -> purpose.equals(entry.purpose()) && version.equals(entry.version())
                && GRANTED.equals(entry.choice()));
    }

    /** The newest entry of a purpose. */
    Optional<ConsentEntry> last(String purpose) {
        return history().filter(entry -> purpose.equals(entry.purpose()))
                .max(Comparator.comparing(ConsentEntry::madeAt));
    }

    /** The choices made on one page, by purpose. */
    public void record(Map<String, String> choices, ConsentText text, String channel, String proof) {
        append(choices.entrySet().stream()
                .map(choice -> ConsentEntry.now(choice.getKey(), choice.getValue(), text, channel, proof)).toList());
    }

    /** The address is proved: what was pending counts from now (double opt-in). */
    public void confirmPending(String proof) {
        Map<String, ConsentEntry> last = new LinkedHashMap<>();
        history().sorted(Comparator.comparing(ConsentEntry::madeAt)).forEach(entry -> last.put(entry.purpose(), entry));
        append(last.values().stream().filter(entry -> PENDING.equals(state(entry.purpose())))
                .map(entry -> entry.granted(proof)).toList());
    }

    /** In the order of time: Keycloak keeps the values of an attribute in none. */
    public Stream<ConsentEntry> history() {
        return user.getAttributeStream(HISTORY).flatMap(stored -> ConsentEntry.read(stored).stream())
                .sorted(Comparator.comparing(ConsentEntry::madeAt));
    }

    /** One write for all: each replaces the whole history in the database. */
    private void append(List<ConsentEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        entries.forEach(entry -> user.setSingleAttribute(PREFIX + entry.purpose(), entry.choice()));
        user.setAttribute(HISTORY, Stream.concat(user.getAttributeStream(HISTORY),
                entries.stream().map(ConsentEntry::written)).toList());
    }
}
