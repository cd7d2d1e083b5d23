package org.customeridentity.keycloak.consents;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.common.StatelessFactory;
import org.customeridentity.keycloak.common.ThemePage;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;

/** GET /realms/REALM/privacy-notice: the notice that the consents of the registration form link to. */
public final class PrivacyNoticePage implements RealmResourceProviderFactory, StatelessFactory<RealmResourceProvider> {

    static final String ID = "privacy-notice";
    private static final String TEMPLATE = "privacy-notice.ftl";

    /** The resource of one request. */
    public static final class Resource implements RealmResourceProvider {

        private final KeycloakSession session;

        Resource(KeycloakSession session) {
            this.session = session;
        }

        @GET
        public Response page() {
            LoginFormsProvider form = ThemePage.of(session, TEMPLATE);
            PrivacyNotice notice = PrivacyNotice.of(session, session.getContext().getRealm(), null);
            return form.setAttribute("noticeText", notice.text()).createForm(TEMPLATE);
        }

        @Override
        public Object getResource() {
            return this;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public RealmResourceProvider create(KeycloakSession session) {
        return new Resource(session);
    }
}
