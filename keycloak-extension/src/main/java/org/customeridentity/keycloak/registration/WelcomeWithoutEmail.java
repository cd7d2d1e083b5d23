package org.customeridentity.keycloak.registration;

import org.customeridentity.keycloak.common.StatelessFactory;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The welcome of a customer who left the email empty: there is no mail to confirm, and without this page the
 * registration would end without a word. With an email, Keycloak's own VERIFY_EMAIL page is the welcome.
 */
public final class WelcomeWithoutEmail implements RequiredActionProvider, RequiredActionFactory,
        StatelessFactory<RequiredActionProvider> {

    static final String ID = "registration-welcome";
    private static final String SEEN_NOTE = "registration-welcome.seen";

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayText() {
        return "Welcome without email";
    }

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        AuthenticationSessionModel session = context.getAuthenticationSession();
        String email = context.getUser().getEmail();
        if (NewUser.entered(session) && (email == null || email.isBlank()) && session.getAuthNote(SEEN_NOTE) == null) {
            session.addRequiredAction(ID);
        }
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        context.challenge(context.form().createForm("registration-welcome.ftl"));
    }

    @Override
    public void processAction(RequiredActionContext context) {
        context.getAuthenticationSession().setAuthNote(SEEN_NOTE, "true");
        context.success();
    }

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return this;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
