package org.customeridentity.keycloak.common;

import org.keycloak.models.UserModel;

/** A user with a customer code: the help desk and other staff have accounts in the realm too. */
public final class Customer {

    public static final String CODE = "customerCode";
    public static final String CODICE_FISCALE = "codiceFiscale";

    private Customer() {
    }

    public static boolean is(UserModel user) {
        return user.getFirstAttribute(CODE) != null;
    }
}
