package org.customeridentity.keycloak.registration;

import java.util.List;

import org.customeridentity.keycloak.common.StatelessFactory;
import org.keycloak.authentication.FormAction;
import org.keycloak.authentication.FormActionFactory;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.events.Errors;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.provider.ProviderConfigProperty;

/** What the actions of the registration form share: each is stateless, and so its own factory. */
abstract class RegistrationAction implements FormAction, FormActionFactory, StatelessFactory<FormAction> {

    private static final Requirement[] CHOICES = {Requirement.REQUIRED, Requirement.DISABLED};

    /** Ends a validate() with errors at the fields; the page comes back with what was typed. */
    static void refuse(ValidationContext context, String reason, List<FormMessage> errors) {
        RegistrationEvent.because(context.getEvent(), reason);
        context.error(Errors.INVALID_REGISTRATION);
        context.validationError(context.getHttpRequest().getDecodedFormParameters(), errors);
    }

    @Override
    public final FormAction create(KeycloakSession session) {
        return this;
    }

    @Override
    public final Requirement[] getRequirementChoices() {
        return CHOICES.clone();
    }

    @Override
    public String getReferenceCategory() {
        return null;
    }

    @Override
    public boolean isConfigurable() {
        return false;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return List.of();
    }

    @Override
    public final boolean isUserSetupAllowed() {
        return false;
    }

    @Override
    public final boolean requiresUser() {
        return false;
    }

    @Override
    public final boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return true;
    }

    @Override
    public final void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
        // asks for nothing later
    }

    @Override
    public final void close() {
        // holds nothing
    }
}
