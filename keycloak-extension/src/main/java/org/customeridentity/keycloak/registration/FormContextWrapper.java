package org.customeridentity.keycloak.registration;

import jakarta.ws.rs.core.UriInfo;

import org.keycloak.authentication.FormContext;
import org.keycloak.common.ClientConnection;
import org.keycloak.events.EventBuilder;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Another context, but for what a subclass says otherwise. */
class FormContextWrapper implements FormContext {

    private final FormContext wrapped;

    FormContextWrapper(FormContext wrapped) {
        this.wrapped = wrapped;
    }

    @Override
    public AuthenticationExecutionModel getExecution() {
        return wrapped.getExecution();
    }

    @Override
    public AuthenticatorConfigModel getAuthenticatorConfig() {
        return wrapped.getAuthenticatorConfig();
    }

    @Override
    public EventBuilder getEvent() {
        return wrapped.getEvent();
    }

    @Override
    public EventBuilder newEvent() {
        return wrapped.newEvent();
    }

    @Override
    public UserModel getUser() {
        return wrapped.getUser();
    }

    @Override
    public void setUser(UserModel user) {
        wrapped.setUser(user);
    }

    @Override
    public RealmModel getRealm() {
        return wrapped.getRealm();
    }

    @Override
    public AuthenticationSessionModel getAuthenticationSession() {
        return wrapped.getAuthenticationSession();
    }

    @Override
    public ClientConnection getConnection() {
        return wrapped.getConnection();
    }

    @Override
    public UriInfo getUriInfo() {
        return wrapped.getUriInfo();
    }

    @Override
    public KeycloakSession getSession() {
        return wrapped.getSession();
    }

    @Override
    public HttpRequest getHttpRequest() {
        return wrapped.getHttpRequest();
    }
}
