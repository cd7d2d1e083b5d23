package org.customeridentity.keycloak.consents;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.resources.RealmsResource;

/**
 * The privacy text as the realm serves it now, in one language: realm localization, so that what is shown, what
 * is hashed and what an administrator may edit in the console are one and the same.
 */
public record PrivacyNotice(String locale, String text) {

    private static final String TEXT_KEY = "privacyNoticeText";

    /**
     * In the language of this reader. A new user's is the one that the form was shown in (its hidden field), which
     * the browser's language cookie need not be any more: the notice's own tab may have changed it.
     */
    public static PrivacyNotice of(KeycloakSession session, RealmModel realm, UserModel reader) {
        Locale locale = session.getContext().resolveLocale(reader);
        String own = text(realm, locale.toLanguageTag());
        String fallback = realm.getDefaultLocale();
        return own != null || fallback == null
                ? new PrivacyNotice(locale.toLanguageTag(), own == null ? "" : own)
                : new PrivacyNotice(fallback, text(realm, fallback) == null ? "" : text(realm, fallback));
    }

    /** The one that a page showed, known by its hash; empty where the realm serves it no more. */
    static Optional<PrivacyNotice> withHash(RealmModel realm, String sha256) {
        return realm.getSupportedLocalesStream()
                .map(locale -> new PrivacyNotice(locale, text(realm, locale)))
                .filter(notice -> notice.text != null && notice.sha256().equals(sha256))
                .findFirst();
    }

    private static String text(RealmModel realm, String locale) {
        return realm.getRealmLocalizationTextsByLocale(locale).get(TEXT_KEY);
    }

    String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    public static String url(KeycloakSession session, RealmModel realm) {
        Locale locale = session.getContext().resolveLocale(null);
        return RealmsResource.realmBaseUrl(session.getContext().getUri()).path(PrivacyNoticePage.ID)
                .queryParam("kc_locale", locale.toLanguageTag()).build(realm.getName()).toString();
    }
}
