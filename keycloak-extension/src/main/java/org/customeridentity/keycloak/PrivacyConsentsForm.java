package org.customeridentity.keycloak;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.Constants;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

/** The privacy section of the registration form: one mandatory authorization, and optional consents, Sì or No. */
public final class PrivacyConsentsForm extends RegistrationAction {

    static final String ID = "privacy-consents-form";
    private static final String FIELD_PREFIX = "privacy.";
    private static final String YES = "yes";
    private static final String MANDATORY = "mandatoryPurpose";
    private static final String OPTIONAL = "optionalPurposes";
    private static final String VERSION = "textVersion";

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
                .property().name(MANDATORY).label("Mandatory purpose").type(ProviderConfigProperty.STRING_TYPE)
                .helpText("The purpose without which nobody is registered.").required(true).add()
                .property().name(OPTIONAL).label("Optional purposes")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .helpText("Each is asked Sì or No; not choosing is No.").add()
                .property().name(VERSION).label("Version of the text").type(ProviderConfigProperty.STRING_TYPE)
                .helpText("Recorded with every choice; the text itself is the realm's localization key "
                        + "privacyNoticeText.").required(true).add()
                .build();
    }

    @Override
    public void buildPage(FormContext context, LoginFormsProvider form) {
        form.setAttribute("consentPurposes", optional(context));
        form.setAttribute("privacyNoticeUrl", PrivacyNotice.url(context.getSession(), context.getRealm()));
    }

    @Override
    public void validate(ValidationContext context) {
        String mandatory = config(context).get(MANDATORY);
        if (mandatory != null && chosen(context, mandatory)) {
            context.success();
        } else {
            refuse(context, "privacy_authorization",
                    List.of(new FormMessage(FIELD_PREFIX + mandatory, Verdict.messageKey("consent_required"))));
        }
    }

    @Override
    public void success(FormContext context) {
        AllOrNothing.run(context, () -> record(context));
    }

    private static void record(FormContext context) {
        Map<String, String> choices = new LinkedHashMap<>();
        choices.put(config(context).get(MANDATORY), Consents.GRANTED);
        optional(context).forEach(purpose ->
                choices.put(purpose, chosen(context, purpose) ? Consents.PENDING : Consents.DENIED));
        new Consents(context.getUser()).record(choices, config(context).getOrDefault(VERSION, ""),
                PrivacyNotice.of(context.getSession(), context.getRealm(), context.getUser()), "registration");
    }

    private static boolean chosen(FormContext context, String purpose) {
        return YES.equals(FormField.of(context.getHttpRequest(), FIELD_PREFIX + purpose));
    }

    private static List<String> optional(FormContext context) {
        String purposes = config(context).getOrDefault(OPTIONAL, "");
        return Arrays.stream(purposes.split(Constants.CFG_DELIMITER)).filter(purpose -> !purpose.isBlank()).toList();
    }

    private static Map<String, String> config(FormContext context) {
        AuthenticatorConfigModel config = context.getAuthenticatorConfig();
        return config == null || config.getConfig() == null ? Map.of() : config.getConfig();
    }
}
