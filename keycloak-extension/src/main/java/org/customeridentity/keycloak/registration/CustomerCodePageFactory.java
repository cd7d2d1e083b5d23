package org.customeridentity.keycloak.registration;

import java.util.List;

import org.customeridentity.keycloak.common.AnonymousStepFactory;
import org.customeridentity.keycloak.validator.ValidatorHttp;
import org.customeridentity.keycloak.validator.ValidatorSettings;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

public final class CustomerCodePageFactory implements AnonymousStepFactory {

    static final String ID = ValidatorSettings.AUTHENTICATOR;
    private static final Requirement[] CHOICES = {Requirement.REQUIRED, Requirement.DISABLED};
    private static final CustomerCodePage PAGE = new CustomerCodePage();

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Customer code";
    }

    @Override
    public String getReferenceCategory() {
        return "customer-code";
    }

    @Override
    public String getHelpText() {
        return "First page of the registration: asks for the customer code and has the customer-code validator "
                + "reserve it. Its settings serve the claim at the end of the registration too.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return ProviderConfigurationBuilder.create()
                .property()
                .name(ValidatorSettings.URL)
                .label("Validator address")
                .helpText("Address of the customer-code validator, without /v1; https in production.")
                .type(ProviderConfigProperty.STRING_TYPE)
                .required(true)
                .add()
                .property()
                .name(ValidatorSettings.SECRET)
                .label("Validator secret")
                .helpText("The bearer secret, best as ${vault.NAME}. Empty: Keycloak's environment variable "
                        + ValidatorSettings.SECRET_ENVIRONMENT + ".")
                .type(ProviderConfigProperty.PASSWORD)
                .secret(true)
                .add()
                .build();
    }

    @Override
    public Requirement[] getRequirementChoices() {
        return CHOICES.clone();
    }

    @Override
    public Authenticator create(KeycloakSession session) {
        return PAGE;
    }

    @Override
    public void init(Config.Scope config) {
        ValidatorHttp.configure(config);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        DeletedUsers.listen(factory);
    }
}
