package org.customeridentity.keycloak.registration;

import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.common.AnonymousStep;
import org.customeridentity.keycloak.common.FormField;
import org.customeridentity.keycloak.validator.RequestId;
import org.customeridentity.keycloak.validator.ValidatorClient;
import org.customeridentity.keycloak.validator.Verdict;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.utils.FormMessage;

/** The page before the registration form: asks for the customer code and has the validator reserve it. */
final class CustomerCodePage implements AnonymousStep {

    static final String FIELD = "customerCode";
    private static final String TEMPLATE = "customer-code.ftl";

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        context.challenge(page(context.form(), ""));
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        String typed = FormField.of(context.getHttpRequest(), FIELD);
        Verdict verdict = ValidatorClient.of(context.getSession(), context.getRealm()).reserve(typed,
                Reservation.owner(context.getAuthenticationSession()), context.getConnection().getRemoteAddr())
                .requiring("reservation", "code");
        if (!verdict.accepted()) {
            refuse(context, typed, verdict);
            return;
        }
        new Reservation(verdict.text("reservation"), verdict.text("code")).keep(context.getAuthenticationSession());
        context.success();
    }

    private static void refuse(AuthenticationFlowContext context, String typed, Verdict verdict) {
        EventBuilder event = context.getEvent().clone().detail(Details.REASON, verdict.reason());
        RequestId.tell(event, context.getSession());
        event.error(Errors.INVALID_REGISTRATION);
        LoginFormsProvider form = context.form();
        if (verdict.outcome() == Verdict.Outcome.REFUSED) {
            form.addError(new FormMessage(FIELD, verdict.messageKey()));
        } else {
            form.setError(verdict.messageKey());
        }
        context.challenge(page(form, typed));
    }

    private static Response page(LoginFormsProvider form, String typed) {
        return form.setAttribute(FIELD, typed).createForm(TEMPLATE);
    }
}
