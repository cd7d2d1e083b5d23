package org.customeridentity.keycloak.consents;

/** The text on which a choice is made: as it was shown, and the version under which it is filed. */
public record ConsentText(String version, PrivacyNotice shown) {
}
