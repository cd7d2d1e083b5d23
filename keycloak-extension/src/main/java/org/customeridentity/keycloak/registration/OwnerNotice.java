package org.customeridentity.keycloak.registration;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.customeridentity.keycloak.common.AfterAnswer;
import org.customeridentity.keycloak.credentials.MailContext;
import org.customeridentity.keycloak.email.AtAddress;
import org.customeridentity.keycloak.email.MailAllowance;
import org.customeridentity.keycloak.email.MailAllowance.Bound;
import org.jboss.logging.Logger;
import org.keycloak.authentication.FormContext;
import org.keycloak.email.EmailException;
import org.keycloak.email.EmailTemplateProvider;
import org.keycloak.locale.LocaleSelectorProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Tells the holder of a customer code that an account was created with it, at the address of the co-operative's own
 * record, where the validator says so. After the commit and after the answer: whoever registers sees no trace of it.
 * Where the mail server is away, it is tried again.
 *
 * <p>The address is in this mail and nowhere else: not with the user, in no page, event or line of the log.
 */
final class OwnerNotice extends AbstractKeycloakTransaction {

    private static final Logger LOG = Logger.getLogger(OwnerNotice.class);
    /** For who has an account made and deleted again and again. */
    private static final int MOST_A_DAY = 3;
    /** A mail server that is restarted, one that is mended. */
    private static final List<Duration> WAITS = List.of(Duration.ofSeconds(10), Duration.ofMinutes(1),
            Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofHours(4));

    private final KeycloakSessionFactory sessions;
    private final String realmId;
    private final String userId;
    private final String address;
    private final MailContext context;

    private OwnerNotice(FormContext form, String userId, String address) {
        this.sessions = form.getSession().getKeycloakSessionFactory();
        this.realmId = form.getRealm().getId();
        this.userId = userId;
        this.address = address;
        this.context = MailContext.of(form.getSession(), form.getAuthenticationSession().getClient());
    }

    /** Nothing where there is no address to tell. */
    static void enlist(FormContext form, String userId, String address) {
        if (address != null) {
            form.getSession().getTransactionManager()
                    .enlistAfterCompletion(new OwnerNotice(form, userId, address));
        }
    }

    @Override
    protected void commitImpl() {
        AfterAnswer.run(() -> tell(WAITS));
    }

    @Override
    protected void rollbackImpl() {
        // no account was created
    }

    private void tell(List<Duration> waits) {
        KeycloakModelUtils.runJobInTransaction(sessions, session -> tell(session, waits));
    }

    private void tell(KeycloakSession session, List<Duration> waits) {
        RealmModel realm = session.realms().getRealm(realmId);
        if (realm == null) {
            return;
        }
        session.getContext().setRealm(realm);
        UserModel user = session.users().getUserById(realm, userId);
        MailAllowance allowance = new MailAllowance(session, realm);
        if (user == null || !allowance.take(new Bound("owner-notice", address, MOST_A_DAY, Duration.ofDays(1)))) {
            return;
        }
        session.setAttribute(LocaleSelectorProvider.USER_REQUEST_LOCALE, context.language());
        try {
            session.getProvider(EmailTemplateProvider.class).setRealm(realm).setUser(new AtAddress(user, address))
                    .send("ownerNoticeSubject", List.of(), "owner-notice.ftl",
                            new HashMap<>(Map.of("link", context.loginLink())));
        } catch (EmailException notSent) {
            allowance.giveBack();
            // Not why: the mail server's words may name the address.
            LOG.warnf("realm %s: the holder of user %s's customer code was not told of the account; %s",
                    realm.getName(), userId, tryAgain(waits));
        }
    }

    private String tryAgain(List<Duration> waits) {
        if (waits.isEmpty()) {
            return "not tried again";
        }
        AfterAnswer.again(() -> tell(waits.subList(1, waits.size())), waits.get(0));
        return "tried again in %d s".formatted(waits.get(0).toSeconds());
    }
}
