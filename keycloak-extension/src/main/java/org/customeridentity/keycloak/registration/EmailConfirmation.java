package org.customeridentity.keycloak.registration;

import java.util.List;

import org.customeridentity.keycloak.common.FormField;
import org.customeridentity.keycloak.validator.Verdict;
import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;

/** The email must be typed twice alike, as Keycloak itself asks of the password. */
public final class EmailConfirmation extends RegistrationAction {

    static final String ID = "email-confirmation";
    private static final String FIELD = "emailConfirm";

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Email confirmation";
    }

    @Override
    public String getHelpText() {
        return "Asks for the email a second time and refuses the form where the two differ.";
    }

    @Override
    public void buildPage(FormContext context, LoginFormsProvider form) {
        // the theme's register.ftl holds the field
    }

    @Override
    public void validate(ValidationContext context) {
        String email = FormField.of(context.getHttpRequest(), UserModel.EMAIL);
        if (email.equalsIgnoreCase(FormField.of(context.getHttpRequest(), FIELD))) {
            context.success();
        } else {
            refuse(context, "email_confirmation", List.of(new FormMessage(FIELD, Verdict.messageKey("email_mismatch"))));
        }
    }

    @Override
    public void success(FormContext context) {
        // nothing to keep
    }
}
