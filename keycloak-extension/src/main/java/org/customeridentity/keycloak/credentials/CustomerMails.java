package org.customeridentity.keycloak.credentials;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import jakarta.ws.rs.core.UriBuilder;

import org.keycloak.authentication.actiontoken.resetcred.ResetCredentialsActionToken;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.common.util.Time;
import org.keycloak.email.EmailException;
import org.keycloak.email.EmailTemplateProvider;
import org.keycloak.locale.LocaleSelectorProvider;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.Urls;
import org.keycloak.services.resources.LoginActionsService;

/** The mails about credentials, made where no request is going on. */
record CustomerMails(KeycloakSession session, RealmModel realm, MailContext context) {

    /** The usernames of one address, to that address. */
    void usernames(UserModel user, Collection<UserModel> accounts) throws EmailException {
        List<String> names = accounts.stream().map(UserModel::getUsername).sorted().toList();
        template(user).send("usernamesSubject", List.of(), "usernames.ftl",
                new HashMap<>(Map.of("usernames", names, "link", context.loginLink())));
    }

    /** A link to choose a new password. */
    void passwordLink(UserModel user) throws EmailException {
        int seconds = realm.getActionTokenGeneratedByUserLifespan(ResetCredentialsActionToken.TOKEN_TYPE);
        int expiry = Math.toIntExact(Time.currentTimeMillis() / 1000) + seconds;
        ResetCredentialsActionToken token =
                PasswordLink.token(session, realm, user, expiry, context.clientId());
        // As DefaultActionToken.serialize() does, which wants the request's own address.
        String issuer = Urls.realmIssuer(context.base(), realm.getName());
        token.issuedNow().id(SecretGenerator.getInstance().generateSecureID()).issuer(issuer).audience(issuer);
        UriBuilder link = LoginActionsService.loginActionsBaseUrl(UriBuilder.fromUri(context.base()))
                .path(LoginActionsService.class, "executeActionToken")
                .queryParam(Constants.KEY, session.tokens().encode(token))
                .queryParam(Constants.CLIENT_ID, context.clientId());
        template(user).sendPasswordReset(link.build(realm.getName()).toString(), TimeUnit.SECONDS.toMinutes(seconds));
    }

    /** Tells that the password is another one. */
    void passwordChanged(UserModel user) throws EmailException {
        template(user).send("passwordChangedSubject", List.of(), "password-changed.ftl",
                new HashMap<>(Map.of("link", context.loginLink())));
    }

    private EmailTemplateProvider template(UserModel user) {
        session.setAttribute(LocaleSelectorProvider.USER_REQUEST_LOCALE, context.language());
        return session.getProvider(EmailTemplateProvider.class).setRealm(realm).setUser(user);
    }
}
