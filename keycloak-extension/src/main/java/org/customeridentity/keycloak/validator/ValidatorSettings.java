package org.customeridentity.keycloak.validator;

import java.net.URI;
import java.util.Map;
import java.util.Set;

import org.customeridentity.keycloak.common.RegistrationFlow;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Where the validator is and how to prove who asks. Configured once, on the code page's execution in the
 * realm's registration flow, because the claim and the deletion of a user need the same values.
 */
public record ValidatorSettings(URI url, String secret) {

    /** The authenticator on whose execution they stand. */
    public static final String AUTHENTICATOR = "customer-code-page";
    public static final String URL = "validatorUrl";
    public static final String SECRET = "validatorSecret";
    /** Used where the console's field is empty; the validator reads its own secret from the same name. */
    public static final String SECRET_ENVIRONMENT = "CUSTOMER_CODES_SECRET";

    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** Without the secret, wherever it is printed. */
    @Override
    public String toString() {
        return url.toString();
    }

    /** Null where the realm has no code page, or its execution no address of the web or no secret. */
    static ValidatorSettings of(KeycloakSession session, RealmModel realm) {
        return of(session, RegistrationFlow.config(realm, AUTHENTICATOR));
    }

    private static ValidatorSettings of(KeycloakSession session, Map<String, String> config) {
        String url = config.getOrDefault(URL, "");
        String secret = secret(session, config.getOrDefault(SECRET, ""));
        if (url.isBlank() || secret == null || secret.isBlank()) {
            return null;
        }
        URI address = URI.create(url.strip().replaceAll("/+$", "") + "/");
        boolean ofTheWeb = address.isAbsolute() && SCHEMES.contains(address.getScheme());
        return ofTheWeb ? new ValidatorSettings(address, secret) : null;
    }

    /** Keycloak does not resolve ${vault.…} in an execution's config by itself (seen on 26.7.4). */
    private static String secret(KeycloakSession session, String configured) {
        if (configured.isBlank()) {
            return System.getenv(SECRET_ENVIRONMENT);
        }
        try (var secret = session.vault().getStringSecret(configured)) {
            return secret.get().orElse(configured.startsWith("${vault.") ? null : configured);
        }
    }
}
