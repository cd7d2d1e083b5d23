package org.customeridentity.keycloak.consents;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.customeridentity.keycloak.common.RegistrationFlow;
import org.keycloak.models.Constants;
import org.keycloak.models.RealmModel;

/**
 * What is asked, and the version of the text. Configured once, on the privacy execution of the realm's
 * registration flow, because the page of the account asks the same.
 */
public record ConsentSettings(String mandatory, List<String> optional, String version) {

    /** The form action on whose execution they stand. */
    public static final String FORM_ACTION = "privacy-consents-form";
    /** The pages' fields: FIELD_PREFIX and the purpose, YES where it is granted. */
    public static final String FIELD_PREFIX = "privacy.";
    public static final String YES = "yes";
    public static final String MANDATORY = "mandatoryPurpose";
    public static final String OPTIONAL = "optionalPurposes";
    public static final String VERSION = "textVersion";

    public static ConsentSettings of(RealmModel realm) {
        return of(RegistrationFlow.config(realm, FORM_ACTION));
    }

    public static ConsentSettings of(Map<String, String> config) {
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
