package org.customeridentity.keycloak.registration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.customeridentity.keycloak.common.FormField;
import org.customeridentity.keycloak.consents.ConsentSettings;
import org.customeridentity.keycloak.consents.ConsentText;
import org.customeridentity.keycloak.consents.Consents;
import org.customeridentity.keycloak.consents.PrivacyNotice;
import org.customeridentity.keycloak.validator.Verdict;
import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

/** The privacy section of the registration form: one mandatory authorization, and optional consents, Sì or No. */
public final class PrivacyConsentsForm extends RegistrationAction {

    static final String ID = ConsentSettings.FORM_ACTION;

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Privacy consents";
    }

    @Override
    public String getHelpText() {
        return "Asks for the mandatory authorization and the optional consents, and records each choice with the "
                + "version and hash of the text shown.";
    }

    @Override
    public boolean isConfigurable() {
        return true;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return ProviderConfigurationBuilder.create()
                .property().name(ConsentSettings.MANDATORY).label("Mandatory purpose").type(ProviderConfigProperty.STRING_TYPE)
                .helpText("The purpose without which nobody is registered.").required(true).add()
                .property().name(ConsentSettings.OPTIONAL).label("Optional purposes")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .helpText("Each is asked Sì or No; not choosing is No.").add()
                .property().name(ConsentSettings.VERSION).label("Version of the text").type(ProviderConfigProperty.STRING_TYPE)
                .helpText("Recorded with every choice; the text itself is the realm's localization key "
                        + "privacyNoticeText.").required(true).add()
                .build();
    }

    @Override
    public void buildPage(FormContext context, LoginFormsProvider form) {
        form.setAttribute("consentPurposes", settings(context).optional());
        form.setAttribute("privacyNoticeUrl", PrivacyNotice.url(context.getSession(), context.getRealm()));
    }

    @Override
    public void validate(ValidationContext context) {
        String mandatory = settings(context).mandatory();
        if (!mandatory.isBlank() && chosen(context, mandatory)) {
            context.success();
        } else {
            refuse(context, "privacy_authorization",
                    List.of(new FormMessage(ConsentSettings.FIELD_PREFIX + mandatory,
                            Verdict.messageKey("consent_required"))));
        }
    }

    @Override
    public void success(FormContext context) {
        AllOrNothing.run(context, PrivacyConsentsForm::record);
    }

    private static void record(FormContext context) {
        ConsentSettings settings = settings(context);
        Map<String, String> choices = new LinkedHashMap<>();
        choices.put(settings.mandatory(), Consents.GRANTED);
        settings.optional().forEach(purpose ->
                choices.put(purpose, chosen(context, purpose) ? Consents.PENDING : Consents.DENIED));
        PrivacyNotice shown = PrivacyNotice.of(context.getSession(), context.getRealm(), context.getUser());
        new Consents(context.getUser()).record(choices, new ConsentText(settings.version(), shown), "registration", null);
    }

    private static boolean chosen(FormContext context, String purpose) {
        return ConsentSettings.YES.equals(
                FormField.of(context.getHttpRequest(), ConsentSettings.FIELD_PREFIX + purpose));
    }

    private static ConsentSettings settings(FormContext context) {
        AuthenticatorConfigModel config = context.getAuthenticatorConfig();
        return ConsentSettings.of(config == null || config.getConfig() == null ? Map.of() : config.getConfig());
    }
}
