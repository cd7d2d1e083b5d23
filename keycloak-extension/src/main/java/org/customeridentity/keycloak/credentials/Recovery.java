package org.customeridentity.keycloak.credentials;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.customeridentity.keycloak.common.AfterAnswer;
import org.customeridentity.keycloak.common.Network;
import org.customeridentity.keycloak.email.MailAllowance;
import org.customeridentity.keycloak.validator.RequestId;
import org.customeridentity.keycloak.validator.ValidatorClient;
import org.jboss.logging.Logger;
import org.keycloak.email.EmailException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * What comes of a request for lost credentials, after its answer: the account is looked up and a mail is sent, or an
 * event says why not. The event names an account that was found, never what was typed.
 */
final class Recovery {

    /** Everything the work needs of the request, whose own session is closed by then. */
    record Asked(KeycloakSessionFactory sessions, String realmId, RecoveryRequest request, String address,
            RecoveryLimits limits, MailContext mail, String requestId) { }

    private static final Logger LOG = Logger.getLogger(Recovery.class);
    private static final String LOST = "lost_credential";
    private static final String TOO_MANY_REQUESTS = "too_many_requests";
    private static final String TOO_MANY_MAILS = "too_many_mails";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Asked asked;

    private Recovery(KeycloakSession session, RealmModel realm, Asked asked) {
        this.session = session;
        this.realm = realm;
        this.asked = asked;
    }

    static void later(Asked asked) {
        AfterAnswer.run(() -> KeycloakModelUtils.runJobInTransaction(asked.sessions(), session -> {
            RealmModel realm = session.realms().getRealm(asked.realmId());
            session.getContext().setRealm(realm);
            RequestId.goesOn(session, asked.requestId());
            new Recovery(session, realm, asked).answer();
        }));
    }

    private void answer() {
        String network = Network.of(asked.address());
        if (!new MailAllowance(session, realm).take(asked.limits().requestsFrom(network))) {
            event(null).error(TOO_MANY_REQUESTS);
            return;
        }
        UserModel user = find();
        String fault = fault(user);
        if (fault != null) {
            event(user).error(fault);
            return;
        }
        MailAllowance allowance = new MailAllowance(session, realm);
        if (!allowance.take(asked.limits().mailsTo(asked.request().way() + " " + recipient(user), network))) {
            event(user).error(TOO_MANY_MAILS);
            return;
        }
        send(user, allowance);
    }

    private void send(UserModel user, MailAllowance allowance) {
        CustomerMails mails = new CustomerMails(session, realm, asked.mail());
        try {
            if (asked.request().way().ofPassword()) {
                mails.passwordLink(user);
            } else {
                mails.usernames(user, accountsOf(user.getEmail()));
            }
            event(user).success();
        } catch (EmailException notSent) {
            allowance.giveBack();
            LOG.warnf("realm %s: a mail of the forgotten credentials was not sent: %s", realm.getName(),
                    notSent.getMessage());
            event(user).error(Errors.EMAIL_SEND_FAILED);
        }
    }

    private UserModel find() {
        RecoveryRequest request = asked.request();
        return switch (request.way()) {
            case PASSWORD_BY_USERNAME -> session.users().getUserByUsername(realm, request.get("username"));
            case USERNAME_BY_EMAIL -> accountsOf(request.get("email")).stream().findFirst().orElse(null);
            case USERNAME_BY_CODE -> holder(request);
        };
    }

    private UserModel holder(RecoveryRequest request) {
        String userId = ValidatorClient.of(session, realm)
                .holder(request.get("customerCode"), request.get("codiceFiscale"), asked.address()).text("userId");
        return userId == null ? null : session.users().getUserById(realm, userId);
    }

    /** Not getUserByEmail(), which throws where several have the address (JpaUserProvider, 26.7.4). */
    private List<UserModel> accountsOf(String email) {
        Map<String, String> exactly = Map.of(UserModel.EMAIL, email.toLowerCase(Locale.ROOT), UserModel.EXACT, "true",
                UserModel.INCLUDE_SERVICE_ACCOUNT, "false");
        return session.users().searchForUserStream(realm, exactly)
                .filter(UserModel::isEnabled)
                .toList();
    }

    /** Why there is nobody to write to, or null. */
    private static String fault(UserModel user) {
        if (user == null || user.getServiceAccountClientLink() != null) {
            return Errors.USER_NOT_FOUND;
        }
        if (!user.isEnabled()) {
            return Errors.USER_DISABLED;
        }
        return user.getEmail() == null || user.getEmail().isBlank() ? Errors.INVALID_EMAIL : null;
    }

    /** Two accounts of one address get one mail with the usernames, but each its own link. */
    private String recipient(UserModel user) {
        return asked.request().way().ofPassword() ? user.getId() : user.getEmail();
    }

    private EventBuilder event(UserModel user) {
        EventBuilder event = new EventBuilder(realm, session)
                .event(EventType.SEND_RESET_PASSWORD)
                .client(asked.mail().clientId())
                .user(user)
                .ipAddress(asked.address())
                .detail(LOST, asked.request().way().ofPassword() ? "password" : "username")
                .detail(Details.AUTH_METHOD, asked.request().way().name().toLowerCase(Locale.ROOT));
        RequestId.tell(event, session);
        return event;
    }
}
