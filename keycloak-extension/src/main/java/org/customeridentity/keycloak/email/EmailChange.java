package org.customeridentity.keycloak.email;

import java.util.HashMap;
import java.util.Map;

import org.customeridentity.keycloak.common.Background;
import org.customeridentity.keycloak.common.StatelessFactory;
import org.jboss.logging.Logger;
import org.keycloak.email.EmailException;
import org.keycloak.email.EmailTemplateProvider;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.services.resources.RealmsResource;

/** Tells the old address, after the commit, that the account has another one or none. */
public final class EmailChange implements EventListenerProviderFactory, StatelessFactory<EventListenerProvider> {

    static final String ID = "customer-email-change";
    private static final Logger LOG = Logger.getLogger(EmailChange.class);

    /** Also in a realm that does not list it: nobody is to forget it. */
    @Override
    public boolean isGlobal() {
        return true;
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public EventListenerProvider create(KeycloakSession session) {
        return new Listener(session);
    }

    private record Listener(KeycloakSession session) implements EventListenerProvider {

        @Override
        public void onEvent(Event event) {
            if (event.getType() != EventType.UPDATE_EMAIL || event.getError() != null || event.getDetails() == null) {
                return;
            }
            String before = event.getDetails().get(Details.PREVIOUS_EMAIL);
            if (before == null || before.isBlank() || before.equals(event.getDetails().get(Details.UPDATED_EMAIL))) {
                return;
            }
            KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
            Background background = Background.of(session);
            String account = RealmsResource.accountUrl(session.getContext().getUri().getBaseUriBuilder())
                    .build(session.getContext().getRealm().getName()).toString();
            session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
                @Override
                protected void commitImpl() {
                    background.run(() -> KeycloakModelUtils.runJobInTransaction(factory, later ->
                            tell(later, event.getRealmId(), event.getUserId(), before, account)));
                }

                @Override
                protected void rollbackImpl() {
                    // nothing has changed
                }
            });
        }

        @Override
        public void onEvent(AdminEvent event, boolean includeRepresentation) {
            // an administrator's change is between them and the customer
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private static void tell(KeycloakSession session, String realmId, String userId, String address, String account) {
        RealmModel realm = session.realms().getRealm(realmId);
        session.getContext().setRealm(realm);
        UserModel user = session.users().getUserById(realm, userId);
        if (user == null) {
            return;
        }
        try {
            session.getProvider(EmailTemplateProvider.class).setRealm(realm).setUser(new AtAddress(user, address))
                    .send("emailChangedSubject", "email-changed.ftl", new HashMap<>(Map.of("link", account)));
        } catch (EmailException notSent) {
            LOG.warnf("realm %s: the old address was not told of a change: %s", realm.getName(), notSent.getMessage());
        }
    }
}
