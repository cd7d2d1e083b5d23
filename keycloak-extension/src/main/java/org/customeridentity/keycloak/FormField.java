package org.customeridentity.keycloak;

import org.keycloak.http.HttpRequest;

/** What the customer typed, never null. */
final class FormField {

    private FormField() {
    }

    static String of(HttpRequest request, String name) {
        String value = request.getDecodedFormParameters().getFirst(name);
        return value == null ? "" : value.strip();
    }
}
