package org.customeridentity.keycloak.consents;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.common.StatelessFactory;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;
import org.keycloak.services.util.LocaleUtil;

/** GET /realms/REALM/privacy-notice: the notice that the consents of the registration form link to. */
public final class PrivacyNoticePage implements RealmResourceProviderFactory, StatelessFactory<RealmResourceProvider> {

    static final String ID = "privacy-notice";

    /** The resource of one request. */
    public static final class Resource implements RealmResourceProvider {

        private final KeycloakSession session;

        Resource(KeycloakSession session) {
            this.session = session;
        }

        @GET
        public Response page() {
            RealmModel realm = session.getContext().getRealm();
            // Outside a login nobody else reads the language link's kc_locale.
            LocaleUtil.processLocaleParam(session, realm, null);
            return session.getProvider(LoginFormsProvider.class)
                    .setAttribute("noticeText", PrivacyNotice.of(session, realm, null).text())
                    .createForm("privacy-notice.ftl");
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
