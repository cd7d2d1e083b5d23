package org.customeridentity.keycloak.validator;

import java.util.UUID;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ContextNotActiveException;

import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;

/** The name of one request of a customer: the same in Keycloak's event and in the validator's log. */
public final class RequestId {

    static final String HEADER = "X-Request-Id";
    /** The detail of an event. */
    private static final String DETAIL = "request_id";
    private static final String KNOWN = RequestId.class.getName();
    /** As the validator takes it. */
    private static final Pattern USABLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RequestId() {
    }

    /** The one that a proxy in front of Keycloak gave the request, else a new one. */
    public static String of(KeycloakSession session) {
        String known = session.getAttribute(KNOWN, String.class);
        if (known == null) {
            String given = given(session);
            known = given != null && USABLE.matcher(given).matches() ? given : UUID.randomUUID().toString();
            session.setAttribute(KNOWN, known);
        }
        return known;
    }

    /** Says in the event which request it is about. */
    public static void tell(EventBuilder event, KeycloakSession session) {
        event.detail(DETAIL, of(session));
    }

    /** For work after the request, which has a session of its own: it goes on under the request's name. */
    public static void goesOn(KeycloakSession later, String requestId) {
        later.setAttribute(KNOWN, requestId);
    }

    private static String given(KeycloakSession session) {
        try {
            return session.getContext().getHttpRequest().getHttpHeaders().getHeaderString(HEADER);
        } catch (ContextNotActiveException noRequest) {
            return null; // a job of Keycloak's own, as where it deletes users
        }
    }
}
