package org.customeridentity.keycloak.credentials;

import java.util.List;

import org.customeridentity.keycloak.common.AnonymousStepFactory;
import org.keycloak.authentication.Authenticator;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;

public final class ForgottenCredentialsFactory implements AnonymousStepFactory {

    static final String ID = "forgotten-credentials";
    private static final Requirement[] CHOICES = {Requirement.REQUIRED};
    private static final ForgottenCredentials PAGES = new ForgottenCredentials();

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Forgotten credentials";
    }

    @Override
    public String getReferenceCategory() {
        return "forgotten-credentials";
    }

    @Override
    public String getHelpText() {
        return "Username or password? Asks by what the account is found and answers everybody the same; the mail "
                + "is sent after the answer. Stands before Reset Password.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return RecoveryLimits.properties();
    }

    @Override
    public Requirement[] getRequirementChoices() {
        return CHOICES.clone();
    }

    @Override
    public Authenticator create(KeycloakSession session) {
        return PAGES;
    }
}
