package org.customeridentity.keycloak.account;

import java.net.URI;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.common.StatelessFactory;
import org.customeridentity.keycloak.common.ThemePage;
import org.customeridentity.keycloak.consents.PrivacyConsentsAction;
import org.keycloak.OAuth2Constants;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.Urls;
import org.keycloak.services.managers.AppAuthManager;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;
import org.keycloak.services.resources.RealmsResource;

/** /realms/REALM/customer/…: what the account console links to and does not have itself. */
public final class CustomerPages implements RealmResourceProviderFactory, StatelessFactory<RealmResourceProvider> {

    static final String ID = "customer";
    private static final String PORTALS = "portals.ftl";

    /** The resource of one request. */
    public static final class Resource implements RealmResourceProvider {

        private final KeycloakSession session;
        private final RealmModel realm;

        Resource(KeycloakSession session) {
            this.session = session;
            this.realm = session.getContext().getRealm();
        }

        /** A plain link to the page of consents: an address for menus, mails and browsers without scripts. */
        @GET
        @Path("consents")
        public Response consents() {
            URI back = account();
            return Response.seeOther(Urls.realmBase(session.getContext().getUri().getBaseUri())
                    .path("{realm}/protocol/openid-connect/auth")
                    .queryParam(OIDCLoginProtocol.CLIENT_ID_PARAM, Constants.ACCOUNT_MANAGEMENT_CLIENT_ID)
                    .queryParam(OIDCLoginProtocol.REDIRECT_URI_PARAM, "{back}")
                    .queryParam(OIDCLoginProtocol.RESPONSE_TYPE_PARAM, OIDCLoginProtocol.CODE_PARAM)
                    .queryParam(OIDCLoginProtocol.SCOPE_PARAM, "openid")
                    // Protects nothing, for nobody uses the code; the console takes an answer without a state for its own address.
                    .queryParam(OIDCLoginProtocol.STATE_PARAM, PrivacyConsentsAction.ID)
                    // Of no verifier, for the same reason; the realm lets no public client ask without.
                    .queryParam(OIDCLoginProtocol.CODE_CHALLENGE_PARAM, SecretGenerator.getInstance().randomString(OIDCLoginProtocol.PKCE_CODE_CHALLENGE_MIN_LENGTH))
                    .queryParam(OIDCLoginProtocol.CODE_CHALLENGE_METHOD_PARAM, OAuth2Constants.PKCE_METHOD_S256)
                    .queryParam(Constants.KC_ACTION, PrivacyConsentsAction.ID)
                    .build(realm.getName(), back.toString())).build();
        }

        /** The previous portals, while they last, as a page of their own. */
        @GET
        @Path("portals")
        public Response portals() {
            return ThemePage.of(session, PORTALS).createForm(PORTALS);
        }

        /** All that is kept of the customer who is logged in in this browser, as a file; who is not is sent to log in. */
        @GET
        @Path("data")
        public Response data() {
            AuthResult login = new AppAuthManager().authenticateIdentityCookie(session, realm);
            if (login == null) {
                return Response.seeOther(account()).build();
            }
            UserModel user = login.user();
            return Response.ok(CustomerData.of(user), MediaType.APPLICATION_JSON_TYPE.withCharset("utf-8"))
                    .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + realm.getName() + "-data.json\"")
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .header("Cross-Origin-Resource-Policy", "same-origin")
                    .build();
        }

        private URI account() {
            return RealmsResource.accountUrl(session.getContext().getUri().getBaseUriBuilder())
                    .path("/").build(realm.getName());
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
