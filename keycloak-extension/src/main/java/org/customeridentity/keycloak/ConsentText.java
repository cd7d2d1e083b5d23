package org.customeridentity.keycloak;

/** The text on which a choice is made: as it was shown, and the version under which it is filed. */
record ConsentText(String version, PrivacyNotice shown) {
}
