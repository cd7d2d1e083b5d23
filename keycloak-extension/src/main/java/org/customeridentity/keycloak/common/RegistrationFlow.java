package org.customeridentity.keycloak.common;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.RealmModel;

/** What is configured once, on an execution of the realm's registration flow, and needed elsewhere too. */
public final class RegistrationFlow {

    private RegistrationFlow() {
    }

    /** The configuration of the first execution of this authenticator; empty where there is none. */
    public static Map<String, String> config(RealmModel realm, String authenticator) {
        AuthenticationFlowModel flow = realm.getRegistrationFlow();
        if (flow == null) {
            return Map.of();
        }
        return executions(realm, flow.getId())
                .filter(execution -> authenticator.equals(execution.getAuthenticator()))
                .map(AuthenticationExecutionModel::getAuthenticatorConfig)
                .filter(Objects::nonNull)
                .map(realm::getAuthenticatorConfigById)
                .filter(Objects::nonNull)
                .map(AuthenticatorConfigModel::getConfig)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(Map.of());
    }

    private static Stream<AuthenticationExecutionModel> executions(RealmModel realm, String flowId) {
        return realm.getAuthenticationExecutionsStream(flowId).flatMap(execution -> execution.getFlowId() == null
                ? Stream.of(execution)
                : Stream.concat(Stream.of(execution), executions(realm, execution.getFlowId())));
    }
}
