package org.customeridentity.keycloak.registration;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.keycloak.authentication.ValidationContext;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.utils.FormMessage;

/**
 * What the event of a failed registration tells the help desk: every reason, as field and rule, and nothing of what
 * was typed (Keycloak's own actions write name, username and email into it, and no reason).
 */
final class RegistrationEvent {

    private static final List<String> TYPED =
            List.of(Details.USERNAME, Details.EMAIL, Details.FIRST_NAME, Details.LAST_NAME);

    private RegistrationEvent() {
    }

    /** One more reason: several actions may refuse the same form. */
    static void because(EventBuilder event, String reason) {
        Map<String, String> details = event.getEvent().getDetails();
        String before = details == null ? null : details.get(Details.REASON);
        event.detail(Details.REASON, before == null ? reason : before + ", " + reason);
    }

    /** Removes what the customer typed. */
    static void forget(EventBuilder event) {
        TYPED.forEach(event::removeDetail);
    }

    /** A context for an action of Keycloak's own: the errors that it puts at the fields are reasons too. */
    static ValidationContext telling(ValidationContext context) {
        return (ValidationContext) Proxy.newProxyInstance(RegistrationEvent.class.getClassLoader(),
                new Class<?>[] {ValidationContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("validationError")) {
                        because(context.getEvent(), rules((List<?>) arguments[1]));
                    }
                    return call(method, context, arguments);
                });
    }

    /** "lastName: error-user-attribute-required": without the parameters, which may hold what was typed. */
    private static String rules(List<?> errors) {
        return errors.stream().map(FormMessage.class::cast)
                .map(error -> error.getField() == null ? error.getMessage()
                        : error.getField() + ": " + error.getMessage())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static Object call(Method method, ValidationContext context, Object[] arguments) throws Throwable {
        try {
            return method.invoke(context, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
