package org.customeridentity.keycloak.common;

import org.keycloak.http.HttpRequest;

/** What the customer typed, never null. */
public final class FormField {

    private FormField() {
    }

    public static String of(HttpRequest request, String name) {
        String value = request.getDecodedFormParameters().getFirst(name);
        return value == null ? "" : value.strip();
    }
}
