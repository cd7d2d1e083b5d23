package org.customeridentity.keycloak.credentials;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.customeridentity.keycloak.common.FormField;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.utils.FormMessage;

/** What a customer typed to have a credential back. Only its shape is looked at: no answer may depend on more. */
record RecoveryRequest(Way way, Map<String, String> typed) {

    /** By what the account is found, and what is sent to the address in it. */
    enum Way {
        USERNAME_BY_EMAIL("email"),
        USERNAME_BY_CODE("customerCode", "codiceFiscale"),
        PASSWORD_BY_USERNAME("username");

        private final List<String> fields;

        Way(String... fields) {
            this.fields = List.of(fields);
        }

        boolean ofPassword() {
            return this == PASSWORD_BY_USERNAME;
        }

        static Stream<Way> named(String name) {
            return Arrays.stream(values()).filter(way -> way.name().equals(name));
        }
    }

    private static final int MOST = 255;
    /** What the validator takes. */
    private static final int MOST_OF_A_CODE = 64;

    static RecoveryRequest of(Way way, HttpRequest request) {
        Map<String, String> typed = new LinkedHashMap<>();
        way.fields.forEach(field -> typed.put(field, FormField.of(request, field)));
        return new RecoveryRequest(way, typed);
    }

    String get(String field) {
        return typed.get(field);
    }

    /** One message for each field that cannot be what it should be. */
    List<FormMessage> faults() {
        return typed.entrySet().stream()
                .map(field -> fault(field.getKey(), field.getValue()))
                .flatMap(fault -> fault)
                .toList();
    }

    private Stream<FormMessage> fault(String field, String value) {
        int most = way == Way.USERNAME_BY_CODE ? MOST_OF_A_CODE : MOST;
        if (value.isEmpty()) {
            return Stream.of(new FormMessage(field, "forgotten.missing." + field));
        }
        if (value.length() > most || value.chars().anyMatch(Character::isISOControl)) {
            return Stream.of(new FormMessage(field, "error-invalid-value"));
        }
        return way == Way.USERNAME_BY_EMAIL && !value.matches("[^\\s@]+@[^\\s@]+")
                ? Stream.of(new FormMessage(field, "invalidEmailMessage")) : Stream.empty();
    }
}
