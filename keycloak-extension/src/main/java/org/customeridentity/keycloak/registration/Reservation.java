package org.customeridentity.keycloak.registration;

import org.keycloak.sessions.AuthenticationSessionModel;

/** The code that this browser's registration holds, kept in the authentication session where no client can write. */
record Reservation(String id, String code) {

    private static final String ID_NOTE = "customer-code.reservation";
    private static final String CODE_NOTE = "customer-code.code";

    void keep(AuthenticationSessionModel session) {
        session.setAuthNote(ID_NOTE, id);
        session.setAuthNote(CODE_NOTE, code);
    }

    /** Null where the code page has not been passed in this session. */
    static Reservation of(AuthenticationSessionModel session) {
        String id = session.getAuthNote(ID_NOTE);
        String code = session.getAuthNote(CODE_NOTE);
        return id == null || code == null ? null : new Reservation(id, code);
    }

    /** The root session outlives restarts of the flow and is shared by the browser's tabs. */
    static String owner(AuthenticationSessionModel session) {
        return session.getParentSession().getId();
    }
}
