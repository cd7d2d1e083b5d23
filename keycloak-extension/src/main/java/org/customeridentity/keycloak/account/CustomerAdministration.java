package org.customeridentity.keycloak.account;

import java.util.List;

import jakarta.persistence.EntityManager;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.customeridentity.keycloak.common.Customer;
import org.customeridentity.keycloak.common.StatelessFactory;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProvider;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProviderFactory;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** Below /admin/realms/REALM/customer: what Keycloak's own administration has no call for. */
public final class CustomerAdministration
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

    /**
     * An account, its customer code and its codice fiscale, null for none; when the account was made, in milliseconds
     * since 1970.
     */
    public record Holder(String id, String customerCode, String codiceFiscale, Long createdTimestamp) {
    }

    /** The resource of one request. */
    public static final class Resource {

        private static final int MOST = 1000;

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

        /**
         * GET holders: the accounts that have a customer code, in the order of their ids, the first ones after a given
         * id; none are left then where the list is empty. Keycloak's own list of users knows pages only by number, for
         * which the database passes over all accounts before them, and asks it several times for each user.
         */
        @GET
        @Path("holders")
        @Produces(MediaType.APPLICATION_JSON)
        public List<Holder> holders(
                @QueryParam("after") @DefaultValue("") String after, @QueryParam("max") @DefaultValue("500") int max) {
            auth.users().requireView();
            // "After" is said of both tables: PostgreSQL begins each where it is told, and not where the other begins.
            return database().createQuery("""
                            SELECT u.id, a.value, u.createdTimestamp,
                            (SELECT max(f.value) FROM UserAttributeEntity f WHERE f.user.id = u.id AND f.name = :identity)
                            FROM UserAttributeEntity a, UserEntity u
                            WHERE a.user.id = u.id AND a.user.id > :after AND u.id > :after
                            AND u.realmId = :realm AND a.name = :name ORDER BY u.id
                            """, Object[].class)
                    .setParameter("realm", realm.getId()).setParameter("name", Customer.CODE)
                    .setParameter("identity", Customer.CODICE_FISCALE)
                    .setParameter("after", after).setMaxResults(Math.max(1, Math.min(max, MOST)))
                    .getResultList().stream()
                    .map(row -> new Holder((String) row[0], (String) row[1], (String) row[3], (Long) row[2]))
                    .toList();
        }

        /** POST present: those of the given user ids that the realm has. To look for many users that are gone. */
        @POST
        @Path("present")
        @Consumes(MediaType.APPLICATION_JSON)
        @Produces(MediaType.APPLICATION_JSON)
        public List<String> present(List<String> ids) {
            auth.users().requireView();
            if (ids == null || ids.size() > MOST) {
                throw new BadRequestException();
            }
            return database()
                    .createQuery("SELECT u.id FROM UserEntity u WHERE u.realmId = :realm AND u.id IN :ids", String.class)
                    .setParameter("realm", realm.getId()).setParameter("ids", ids).getResultList();
        }

        /**
         * PUT USER/codice-fiscale: what was corrected in the co-operative's registry, for the account. Only for service
         * accounts that may manage users: no person, whatever their rights, types a codice fiscale into an account. The
         * event that it leaves tells who and for whom, not what.
         */
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

        private EntityManager database() {
            return session.getProvider(JpaConnectionProvider.class).getEntityManager();
        }
    }
}
