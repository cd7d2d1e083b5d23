package org.customeridentity.keycloak.credentials;

import org.customeridentity.keycloak.common.AfterAnswer;
import org.customeridentity.keycloak.email.ConfirmationLink;
import org.jboss.logging.Logger;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.authentication.requiredactions.UpdatePassword;
import org.keycloak.email.EmailException;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The page of the new password, in place of Keycloak's own action (same id, higher order): a mail tells of every
 * change. After the link of a mail all sessions end, and the address counts as confirmed, for the link went there.
 */
public final class NewPassword extends UpdatePassword {

    private static final Logger LOG = Logger.getLogger(NewPassword.class);
    private static final String LINK_NOTE = "forgotten-credentials.link";
    /** For the pages: the password is chosen by the link of a mail. */
    private static final String BY_LINK = "passwordByLink";

    /** The mail with the link went to the address that `user` has at this moment. */
    static void byLink(AuthenticationSessionModel session, UserModel user) {
        session.setAuthNote(LINK_NOTE, user.getEmail());
    }

    @Override
    public int order() {
        return 100;
    }

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return this;
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        tellPages(context);
        super.requiredActionChallenge(context);
    }

    @Override
    public void processAction(RequiredActionContext context) {
        tellPages(context);
        super.processAction(context);
        if (context.getStatus() != RequiredActionContext.Status.SUCCESS) {
            return;
        }
        if (isByLink(context)) {
            AuthenticatorUtil.logoutOtherSessions(context);
            // Keycloak forgets wrong tries at a login, which does not follow here.
            context.getSession().loginFailures().removeUserLoginFailure(context.getRealm(), context.getUser().getId());
            confirmAddress(context);
        }
        tellCustomer(context);
    }

    private static boolean isByLink(RequiredActionContext context) {
        return context.getAuthenticationSession().getAuthNote(LINK_NOTE) != null;
    }

    /** Keycloak keeps one provider a request: also the page after the last action sees it. */
    private static void tellPages(RequiredActionContext context) {
        if (isByLink(context)) {
            context.getSession().getProvider(LoginFormsProvider.class).setAttribute(BY_LINK, true);
        }
    }

    private static void confirmAddress(RequiredActionContext context) {
        UserModel user = context.getUser();
        String proved = context.getAuthenticationSession().getAuthNote(LINK_NOTE);
        if (user.isEmailVerified() || !proved.equals(user.getEmail())) {
            return;
        }
        user.setEmailVerified(true);
        user.removeRequiredAction(UserModel.RequiredAction.VERIFY_EMAIL);
        context.getAuthenticationSession().removeRequiredAction(UserModel.RequiredAction.VERIFY_EMAIL);
        ConfirmationLink.followed(context.getSession(), user);
    }

    /** After the commit: a password that was not changed after all is no news. */
    private static void tellCustomer(RequiredActionContext context) {
        if (context.getUser().getEmail() == null || context.getUser().getEmail().isBlank()) {
            return;
        }
        KeycloakSessionFactory sessions = context.getSession().getKeycloakSessionFactory();
        String realmId = context.getRealm().getId();
        String userId = context.getUser().getId();
        MailContext mail = MailContext.of(context.getSession(), context.getAuthenticationSession().getClient());
        context.getSession().getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                AfterAnswer.run(() -> KeycloakModelUtils.runJobInTransaction(sessions,
                        session -> tell(session, session.realms().getRealm(realmId), userId, mail)));
            }

            @Override
            protected void rollbackImpl() {
                // the old password still holds
            }
        });
    }

    private static void tell(KeycloakSession session, RealmModel realm, String userId, MailContext mail) {
        session.getContext().setRealm(realm);
        try {
            new CustomerMails(session, realm, mail).passwordChanged(session.users().getUserById(realm, userId));
        } catch (EmailException notSent) {
            LOG.warnf("realm %s: user %s was not told of the new password: %s", realm.getName(), userId,
                    notSent.getMessage());
        }
    }
}
