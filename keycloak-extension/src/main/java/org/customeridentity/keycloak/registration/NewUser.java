package org.customeridentity.keycloak.registration;

import java.util.Objects;

import org.keycloak.authentication.FormContext;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The context of a registration whose new user stays in the request until it is there for good.
 *
 * <p>Keycloak's actions pass the user on in the authentication session, which simultaneous submits of one browser
 * share before any is committed (AuthenticationSessionAdapter, 26.7.4, writes into Infinispan's own object). So a
 * submit that is then refused would take the place of the user of the one that is not, whose answer would be an
 * error page.
 */
public final class NewUser extends FormContextWrapper {

    private static final String HELD = NewUser.class.getName();
    /** Keycloak has a note of its own only from 26.7 on. */
    private static final String NOTE = "customer-registered";

    NewUser(FormContext context) {
        super(context);
    }

    @Override
    public UserModel getUser() {
        UserModel held = getSession().getAttribute(HELD, UserModel.class);
        return held == null ? super.getUser() : held;
    }

    @Override
    public void setUser(UserModel user) {
        getSession().setAttribute(HELD, user);
    }

    /** The user that this request has made. */
    UserModel made() {
        return Objects.requireNonNull(getSession().getAttribute(HELD, UserModel.class),
                "no user yet: the user's creation must come first in the registration form");
    }

    /** From here on the browser's session is that user's. */
    void enterSession() {
        super.setUser(made());
        getAuthenticationSession().setAuthNote(NOTE, "true");
    }

    /** Whether a customer has registered in this session. */
    public static boolean entered(AuthenticationSessionModel session) {
        return session.getAuthNote(NOTE) != null;
    }
}
