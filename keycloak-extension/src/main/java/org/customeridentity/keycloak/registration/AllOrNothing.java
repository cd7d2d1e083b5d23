package org.customeridentity.keycloak.registration;

import java.util.function.Consumer;

import org.customeridentity.keycloak.validator.Verdict;
import org.jboss.logging.Logger;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.AuthenticationFlowException;
import org.keycloak.authentication.FormContext;
import org.keycloak.events.Errors;
import org.keycloak.events.EventType;

/**
 * Runs a step of a registration's success() so that its failure leaves nothing behind.
 *
 * <p>Keycloak 26.7.4 catches an exception from FormAction.success(), renders a page and <em>commits</em>
 * (AuthenticationProcessor.handleBrowserException); setRollbackOnly() alone rolls back but still redirects the
 * browser with an authorization code. Only both together end in a page and no user: the form again, with what
 * was typed.
 */
final class AllOrNothing {

    private static final Logger LOG = Logger.getLogger(AllOrNothing.class);

    /** A refusal on purpose, with the reason that the customer may read. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String reason;

        Refused(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }

    private AllOrNothing() {
    }

    static void run(FormContext context, Consumer<NewUser> step) {
        try {
            step.accept(new NewUser(context));
        } catch (Refused refused) {
            throw rollback(context, refused.reason);
        } catch (AuthenticationFlowException keycloaks) {
            context.getSession().getTransactionManager().setRollbackOnly();
            throw keycloaks;
        } catch (RuntimeException | Error fault) {
            LOG.errorf(fault, "realm %s: registration rolled back", context.getRealm().getName());
            throw rollback(context, Verdict.unavailable().reason());
        }
    }

    private static AuthenticationFlowException rollback(FormContext context, String reason) {
        context.getSession().getTransactionManager().setRollbackOnly();
        // Keycloak has begun the event of the login that would follow.
        context.getEvent().event(EventType.REGISTER);
        RegistrationEvent.because(context.getEvent(), reason);
        try {
            return new AuthenticationFlowException(AuthenticationFlowError.GENERIC_AUTHENTICATION_ERROR,
                    FormAgain.page(context, Verdict.messageKey(reason)));
        } catch (RuntimeException notRendered) {
            LOG.errorf(notRendered, "realm %s: an error page instead of the form", context.getRealm().getName());
            return new AuthenticationFlowException(AuthenticationFlowError.GENERIC_AUTHENTICATION_ERROR,
                    Errors.INVALID_REGISTRATION + ": " + reason, Verdict.messageKey(reason));
        }
    }
}
