package org.customeridentity.keycloak.consents;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAccessTokenMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.OIDCIDTokenMapper;
import org.keycloak.protocol.oidc.mappers.TokenIntrospectionTokenMapper;
import org.keycloak.protocol.oidc.mappers.UserInfoTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.IDToken;

/**
 * The consents that count, for a portal: {"marketing": true}. What was denied, or still waits for the confirmation
 * of the address, is not there. Keycloak's own mappers copy an attribute and cannot choose by its value.
 */
public final class ConsentsClaim extends AbstractOIDCProtocolMapper
        implements OIDCAccessTokenMapper, OIDCIDTokenMapper, UserInfoTokenMapper, TokenIntrospectionTokenMapper {

    static final String ID = "customer-consents-mapper";
    private static final List<ProviderConfigProperty> CONFIG = new ArrayList<>();

    static {
        OIDCAttributeMapperHelper.addTokenClaimNameConfig(CONFIG);
        OIDCAttributeMapperHelper.addIncludeInTokensConfig(CONFIG, ConsentsClaim.class);
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Customer's consents";
    }

    @Override
    public String getDisplayCategory() {
        return TOKEN_MAPPER_CATEGORY;
    }

    @Override
    public String getHelpText() {
        return "The purposes that the customer consents to, each with the value true.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return CONFIG;
    }

    @Override
    protected void setClaim(IDToken token, ProtocolMapperModel mapping, UserSessionModel login,
            KeycloakSession session, ClientSessionContext client) {
        OIDCAttributeMapperHelper.mapClaim(token, mapping, granted(login.getUser().getAttributes()));
    }

    private static Map<String, Boolean> granted(Map<String, List<String>> attributes) {
        Map<String, Boolean> granted = new TreeMap<>();
        attributes.forEach((name, values) -> {
            if (name.startsWith(Consents.PREFIX) && values.equals(List.of(Consents.GRANTED))) {
                granted.put(name.substring(Consents.PREFIX.length()), true);
            }
        });
        return granted;
    }
}
