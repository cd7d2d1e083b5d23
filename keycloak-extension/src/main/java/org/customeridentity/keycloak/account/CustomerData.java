package org.customeridentity.keycloak.account;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.customeridentity.keycloak.consents.ConsentEntry;
import org.customeridentity.keycloak.consents.Consents;
import org.keycloak.models.UserModel;

/** A customer's own copy of what is kept of them (GDPR art. 15 and 20), in the words of the user profile. */
record CustomerData(String username, String created, boolean emailVerified, Map<String, Object> profile,
        Map<String, String> consents, List<Map<String, String>> consentHistory) {

    static CustomerData of(UserModel user) {
        Map<String, Object> profile = new TreeMap<>();
        Map<String, String> consents = new TreeMap<>();
        user.getAttributes().forEach((name, values) -> {
            if (name.startsWith(Consents.PREFIX)) {
                consents.put(name.substring(Consents.PREFIX.length()), String.join(", ", values));
            } else if (!name.equals(Consents.HISTORY)) {
                profile.put(name, values.size() == 1 ? values.get(0) : values);
            }
        });
        Long created = user.getCreatedTimestamp();
        return new CustomerData(user.getUsername(), created == null ? "" : Instant.ofEpochMilli(created).toString(),
                user.isEmailVerified(), profile, consents,
                new Consents(user).history().map(ConsentEntry::fields).toList());
    }
}
