package org.customeridentity.keycloak.credentials;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.customeridentity.keycloak.common.AnonymousStep;
import org.customeridentity.keycloak.common.FormField;
import org.customeridentity.keycloak.validator.RequestId;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.Constants;
import org.keycloak.models.DefaultActionTokenKey;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * “Credenziali dimenticate?”: the customer chooses what is lost, types by what the account is found, and reads that a
 * mail comes if there is one. Nothing is looked up for a page; {@link Recovery} does it after the answer.
 */
final class ForgottenCredentials implements AnonymousStep {

    /** The pages, as the buttons that lead to them call them. */
    private enum Page {
        CHOICE("forgotten-credentials.ftl"),
        USERNAME("forgotten-username.ftl"),
        PASSWORD("forgotten-password.ftl"),
        USERNAME_SENT("forgotten-sent.ftl"),
        PASSWORD_SENT("forgotten-sent.ftl");

        private final String template;

        Page(String template) {
            this.template = template;
        }

        static Page named(String name) {
            return Arrays.stream(values()).filter(page -> page.name().equals(name)).findFirst().orElse(CHOICE);
        }

        static Page asking(RecoveryRequest.Way way) {
            return way.ofPassword() ? PASSWORD : USERNAME;
        }

        static Page after(RecoveryRequest.Way way) {
            return way.ofPassword() ? PASSWORD_SENT : USERNAME_SENT;
        }
    }

    private static final String PAGE = "page";
    private static final String WAY = "way";
    private static final String PAGE_NOTE = "forgotten-credentials.page";

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        AuthenticationSessionModel session = context.getAuthenticationSession();
        String userId = session.getAuthNote(DefaultActionTokenKey.ACTION_TOKEN_USER_ID);
        if (userId != null) {
            // The link of the mail was followed; whose it is Keycloak has checked.
            UserModel user = context.getSession().users().getUserById(context.getRealm(), userId);
            context.setUser(user);
            NewPassword.byLink(session, user);
            context.success();
        } else {
            show(context, isShownAgain(context) ? Page.named(session.getAuthNote(PAGE_NOTE)) : Page.CHOICE);
        }
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        Optional<RecoveryRequest.Way> way =
                RecoveryRequest.Way.named(FormField.of(context.getHttpRequest(), WAY)).findFirst();
        if (way.isPresent()) {
            ask(context, RecoveryRequest.of(way.get(), context.getHttpRequest()));
        } else {
            show(context, Page.named(FormField.of(context.getHttpRequest(), PAGE)));
        }
    }

    /** A page reloaded, or read in the other language: Keycloak then names this step, but not for who comes anew. */
    private static boolean isShownAgain(AuthenticationFlowContext context) {
        return context.getExecution().getId()
                .equals(context.getUriInfo().getQueryParameters().getFirst(Constants.EXECUTION));
    }

    private static void ask(AuthenticationFlowContext context, RecoveryRequest request) {
        List<FormMessage> faults = request.faults();
        if (!faults.isEmpty()) {
            show(context, Page.asking(request.way()),
                    form -> form.setAttribute("typed", request.typed()).setErrors(faults));
            return;
        }
        KeycloakSession session = context.getSession();
        Recovery.later(new Recovery.Asked(session.getKeycloakSessionFactory(), context.getRealm().getId(), request,
                context.getConnection().getRemoteAddr(), RecoveryLimits.of(context.getAuthenticatorConfig()),
                MailContext.of(session, context.getAuthenticationSession().getClient()), RequestId.of(session)));
        show(context, Page.after(request.way()));
    }

    private static void show(AuthenticationFlowContext context, Page page) {
        show(context, page, form -> form.setAttribute("typed", Map.of()));
    }

    private static void show(AuthenticationFlowContext context, Page page, UnaryOperator<LoginFormsProvider> filled) {
        context.getAuthenticationSession().setAuthNote(PAGE_NOTE, page.name());
        LoginFormsProvider form = context.form().setAttribute("lost", page.name());
        context.challenge(filled.apply(form).createForm(page.template));
    }
}
