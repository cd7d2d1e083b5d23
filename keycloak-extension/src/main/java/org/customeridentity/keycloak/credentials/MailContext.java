package org.customeridentity.keycloak.credentials;

import java.net.URI;

import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.Urls;
import org.keycloak.services.util.ResolveRelative;

/** What a mail needs of the request it comes from: whose pages it leads to, and the language they were read in. */
public record MailContext(URI base, String clientId, String loginLink, String language) {

    public static MailContext of(KeycloakSession session, ClientModel client) {
        URI base = session.getContext().getUri().getBaseUri();
        String home = client.getBaseUrl() == null || client.getBaseUrl().isBlank()
                ? Urls.accountBase(base).build(session.getContext().getRealm().getName()).toString()
                : ResolveRelative.resolveRelativeUri(session, client.getRootUrl(), client.getBaseUrl());
        String language = session.getContext().resolveLocale(null).toLanguageTag();
        return new MailContext(base, client.getClientId(), home, language);
    }
}
