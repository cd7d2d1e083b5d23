package org.customeridentity.keycloak.common;

import java.io.IOException;
import java.io.UncheckedIOException;

import jakarta.ws.rs.NotFoundException;

import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.util.LocaleUtil;
import org.keycloak.theme.Theme;

/** A page of our login theme at an address of its own. A realm with another theme, like master, has no such page. */
public final class ThemePage {

    private ThemePage() {
    }

    /** The form that shows it, in the language that was asked for; NotFoundException where the realm's theme lacks it. */
    public static LoginFormsProvider of(KeycloakSession session, String template) {
        if (!has(session, template)) {
            throw new NotFoundException();
        }
        // Outside a login nobody else reads the language link's kc_locale.
        LocaleUtil.processLocaleParam(session, session.getContext().getRealm(), null);
        return session.getProvider(LoginFormsProvider.class);
    }

    private static boolean has(KeycloakSession session, String template) {
        try {
            return session.theme().getTheme(Theme.Type.LOGIN).getTemplate(template) != null;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
