package org.customeridentity.keycloak.email;

import org.keycloak.models.UserModel;
import org.keycloak.models.utils.UserModelDelegate;

/** A user as reached at another address than the account's: for one mail, written nowhere. */
public final class AtAddress extends UserModelDelegate {

    private final String address;

    public AtAddress(UserModel user, String address) {
        super(user);
        this.address = address;
    }

    @Override
    public String getEmail() {
        return address;
    }
}
