package org.customeridentity.keycloak.registration;

import java.util.List;

import jakarta.ws.rs.core.Response;

import org.keycloak.authentication.FormAction;
import org.keycloak.authentication.FormContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.services.managers.ClientSessionCode;
import org.keycloak.services.resources.LoginActionsService;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The registration form once more, after success() failed and all was rolled back: with what was typed and why.
 *
 * <p>Keycloak renders the form again only after validate() (FormAuthenticationFlow.processAction, 26.7.4), an
 * error page otherwise; here the same is done as its renderForm() does. The single-use code of the form's address
 * is renewed: Keycloak keeps it through a roll-back (CodeGenerateUtil.RollbackDrivenTransaction).
 */
final class FormAgain {

    private FormAgain() {
    }

    static Response page(FormContext context, String messageKey) {
        AuthenticationSessionModel session = context.getAuthenticationSession();
        String code = new ClientSessionCode<>(context.getSession(), context.getRealm(), session).getOrGenerateCode();
        LoginFormsProvider form = context.getSession().getProvider(LoginFormsProvider.class)
                .setAuthenticationSession(session)
                .setActionUri(context.getUriInfo().getRequestUriBuilder()
                        .replaceQueryParam(LoginActionsService.SESSION_CODE, code).build())
                .setExecution(context.getUriInfo().getQueryParameters().getFirst(Constants.EXECUTION))
                .setClientSessionCode(code)
                .setFormData(context.getHttpRequest().getDecodedFormParameters())
                .setErrors(List.of(new FormMessage(messageKey)));
        context.getRealm().getAuthenticationExecutionsStream(context.getExecution().getParentFlow())
                .filter(AuthenticationExecutionModel::isEnabled)
                .forEach(execution -> action(context, execution).buildPage(new Neighbour(context, execution), form));
        return form.createRegistration();
    }

    private static FormAction action(FormContext context, AuthenticationExecutionModel execution) {
        return context.getSession().getProvider(FormAction.class, execution.getAuthenticator());
    }

    /** The context of another action of the same form. */
    private static final class Neighbour extends FormContextWrapper {

        private final AuthenticationExecutionModel execution;

        Neighbour(FormContext form, AuthenticationExecutionModel execution) {
            super(form);
            this.execution = execution;
        }

        @Override
        public AuthenticationExecutionModel getExecution() {
            return execution;
        }

        @Override
        public AuthenticatorConfigModel getAuthenticatorConfig() {
            String id = execution.getAuthenticatorConfig();
            return id == null ? null : getRealm().getAuthenticatorConfigById(id);
        }

        /** Nobody: this form's user is being rolled back, and one of a simultaneous submit is not its own. */
        @Override
        public UserModel getUser() {
            return null;
        }
    }
}
