package org.customeridentity.keycloak.validator;

import java.util.UUID;
import java.util.regex.Pattern;

import org.keycloak.events.EventBuilder;
import org.keycloak.http.HttpRequest;
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
    static String of(KeycloakSession session) {
        String known = session.getAttribute(KNOWN, String.class);
        if (known == null) {
            String given = given(session.getContext().getHttpRequest());
            known = given != null && USABLE.matcher(given).matches() ? given : UUID.randomUUID().toString();
            session.setAttribute(KNOWN, known);
        }
        return known;
    }

    /** Says in the event which request it is about. */
    public static void tell(EventBuilder event, KeycloakSession session) {
        event.detail(DETAIL, of(session));
    }

    private static String given(HttpRequest request) {
        return request == null ? null : request.getHttpHeaders().getHeaderString(HEADER);
    }
}
