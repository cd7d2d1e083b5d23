package org.customeridentity.keycloak.credentials;

import java.util.Objects;
import java.util.stream.Stream;

import org.keycloak.TokenVerifier.Predicate;
import org.keycloak.authentication.actiontoken.ActionTokenContext;
import org.keycloak.authentication.actiontoken.TokenUtils;
import org.keycloak.authentication.actiontoken.resetcred.ResetCredentialsActionToken;
import org.keycloak.authentication.actiontoken.resetcred.ResetCredentialsActionTokenHandler;
import org.keycloak.authentication.authenticators.resetcred.ResetCredentialEmail;
import org.keycloak.events.Errors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * The link of the mail for a new password, in place of Keycloak's own handler (same id, higher order). It belongs to
 * the password that was forgotten: once that is another one, no link asked for before is good any more. And it
 * belongs to no browser: wherever it is followed, the way ends at the LOGIN.
 */
public final class PasswordLink extends ResetCredentialsActionTokenHandler {

    private static final String OLD_PASSWORD = "passwordOf";

    static ResetCredentialsActionToken token(KeycloakSession session, RealmModel realm, UserModel user, int expiry,
            String clientId) {
        ResetCredentialsActionToken token =
                new ResetCredentialsActionToken(user.getId(), user.getEmail(), expiry, null, clientId);
        token.setNote(OLD_PASSWORD, dateOfPassword(session, realm, user));
        return token;
    }

    @Override
    public int order() {
        return 100;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Predicate<? super ResetCredentialsActionToken>[] getVerifiers(
            ActionTokenContext<ResetCredentialsActionToken> context) {
        Predicate<ResetCredentialsActionToken> unused = TokenUtils.checkThat(
                token -> isOfThisPassword(token, context), Errors.EXPIRED_CODE, "resetLinkUsedMessage");
        return Stream.concat(Stream.of(unused), Stream.of(super.getVerifiers(context))).toArray(Predicate[]::new);
    }

    private static boolean isOfThisPassword(ResetCredentialsActionToken token,
            ActionTokenContext<ResetCredentialsActionToken> context) {
        UserModel user = context.getAuthenticationSession().getAuthenticatedUser();
        return Objects.equals(token.getNote(OLD_PASSWORD),
                dateOfPassword(context.getSession(), context.getRealm(), user));
    }

    private static String dateOfPassword(KeycloakSession session, RealmModel realm, UserModel user) {
        return String.valueOf(ResetCredentialEmail.getLastChangedTimestamp(session, realm, user));
    }
}
