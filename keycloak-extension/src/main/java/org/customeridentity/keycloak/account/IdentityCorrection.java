package org.customeridentity.keycloak.account;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.common.Customer;
import org.customeridentity.keycloak.common.StatelessFactory;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProvider;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProviderFactory;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/**
 * PUT /admin/realms/REALM/customer/USER/codice-fiscale: what was corrected in the co-operative's registry, for the
 * account. Only for service accounts that may manage users: no person, whatever their rights, types a codice fiscale
 * into an account.
 */
public final class IdentityCorrection
        implements AdminRealmResourceProviderFactory, StatelessFactory<AdminRealmResourceProvider> {

    @Override
    public String getId() {
        return CustomerPages.ID;
    }

    @Override
    public AdminRealmResourceProvider create(KeycloakSession session) {
        return new Provider();
    }

    private static final class Provider implements AdminRealmResourceProvider {

        @Override
        public Object getResource(
                KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder event) {
            return new Resource(session, realm, auth, event);
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    /** The resource of one request. */
    public static final class Resource {

        private final KeycloakSession session;
        private final RealmModel realm;
        private final AdminPermissionEvaluator auth;
        private final AdminEventBuilder event;

        Resource(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder event) {
            this.session = session;
            this.realm = realm;
            this.auth = auth;
            this.event = event;
        }

        /** The event that it leaves tells who and for whom, not what. */
        @PUT
        @Path("{user}/codice-fiscale")
        @Consumes(MediaType.TEXT_PLAIN)
        public Response correct(@PathParam("user") String id, String codiceFiscale) {
            auth.users().requireManage();
            if (auth.adminAuth().getUser().getServiceAccountClientLink() == null) {
                throw new ForbiddenException();
            }
            UserModel user = session.users().getUserById(realm, id);
            if (user == null || !Customer.is(user)) {
                throw new NotFoundException();
            }
            user.setSingleAttribute(Customer.CODICE_FISCALE, codiceFiscale);
            event.resource(ResourceType.USER).operation(OperationType.UPDATE)
                    .resourcePath(session.getContext().getUri()).success();
            return Response.noContent().build();
        }
    }
}
