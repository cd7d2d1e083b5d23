package org.customeridentity.keycloak;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.keycloak.models.Constants;
import org.keycloak.models.RealmModel;

/**
 * What is asked, and the version of the text. Configured once, on the privacy execution of the realm's
 * registration flow, because the page of the account asks the same.
 */
record ConsentSettings(String mandatory, List<String> optional, String version) {

    static final String MANDATORY = "mandatoryPurpose";
    static final String OPTIONAL = "optionalPurposes";
    static final String VERSION = "textVersion";

    static ConsentSettings of(RealmModel realm) {
        return of(RegistrationFlow.config(realm, PrivacyConsentsForm.ID));
    }

    static ConsentSettings of(Map<String, String> config) {
        String purposes = config.getOrDefault(OPTIONAL, "");
        return new ConsentSettings(config.getOrDefault(MANDATORY, ""),
                Arrays.stream(purposes.split(Constants.CFG_DELIMITER)).filter(purpose -> !purpose.isBlank()).toList(),
                config.getOrDefault(VERSION, ""));
    }

    /** False in a realm whose registration asks for no authorization. */
    boolean asked() {
        return !mandatory.isBlank() && !version.isBlank();
    }
}
