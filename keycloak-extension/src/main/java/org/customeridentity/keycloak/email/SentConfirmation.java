package org.customeridentity.keycloak.email;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

import org.keycloak.common.util.Time;
import org.keycloak.models.UserModel;

/**
 * The last confirmation mail of an account, kept in an attribute of the user until the address is confirmed: so
 * that it outlives a login and a restart, that the help desk sees it, and that nobody is purged whose link is good.
 */
record SentConfirmation(Instant sent, Instant goodUntil, String address) {

    static final String ATTRIBUTE = "confirmationMail";
    private static final String SEPARATOR = " / ";

    static SentConfirmation now(Duration lifespan, String address) {
        Instant now = Instant.ofEpochMilli(Time.currentTimeMillis()).truncatedTo(ChronoUnit.SECONDS);
        return new SentConfirmation(now, now.plus(lifespan), address);
    }

    /** The mail whose link is still good for the address that the user has now; null where there is none. */
    static SentConfirmation goodFor(UserModel user) {
        SentConfirmation last = of(user);
        boolean good = last != null && last.address.equalsIgnoreCase(user.getEmail())
                && last.goodUntil.toEpochMilli() > Time.currentTimeMillis();
        return good ? last : null;
    }

    private static SentConfirmation of(UserModel user) {
        String value = user.getFirstAttribute(ATTRIBUTE);
        String[] parts = value == null ? new String[0] : value.split(SEPARATOR, 3);
        try {
            return parts.length < 3 ? null
                    : new SentConfirmation(Instant.parse(parts[0]), Instant.parse(parts[1]), parts[2]);
        } catch (DateTimeParseException notOurs) {
            return null;
        }
    }

    void keepIn(UserModel user) {
        user.setSingleAttribute(ATTRIBUTE,
                String.join(SEPARATOR, sent.toString(), goodUntil.toString(), address));
    }
}
