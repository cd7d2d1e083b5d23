package org.customeridentity.keycloak.email;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import javax.crypto.Mac;
import javax.crypto.SecretKey;

import org.keycloak.crypto.Algorithm;
import org.keycloak.crypto.KeyUse;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.SingleUseObjectProvider;

/**
 * How many mails may go out, counted across the cluster without the validator: a place for each, which is free
 * again when its window is over. Kept in memory: a restart of the whole cluster forgets.
 *
 * <p>Whom a bound is about stands in the key only as a keyed hash, under the secret with which the realm signs the
 * links of its mails.
 */
public final class MailAllowance {

    /** At most so many within any window; the kind separates the name spaces of whom it is about. */
    public record Bound(String kind, String who, int most, Duration window) { }

    private final RealmModel realm;
    private final SecretKey secret;
    private final SingleUseObjectProvider store;
    private final List<String> taken = new ArrayList<>();

    public MailAllowance(KeycloakSession session, RealmModel realm) {
        this.realm = realm;
        this.secret = session.keys().getActiveKey(realm, KeyUse.SIG, Algorithm.HS512).getSecretKey();
        this.store = session.singleUseObjects();
    }

    /** Takes a place within each bound; where one of them has none, takes none at all. */
    public boolean take(Bound... bounds) {
        for (Bound bound : bounds) {
            if (!take(bound)) {
                giveBack();
                return false;
            }
        }
        return true;
    }

    /** What this object has taken is free again: no mail went out. */
    public void giveBack() {
        taken.forEach(store::remove);
        taken.clear();
    }

    private boolean take(Bound bound) {
        String key = key(bound);
        // From any place on: the first ones are taken soonest, and a wide bound has many.
        int first = ThreadLocalRandom.current().nextInt(bound.most());
        for (int tried = 0; tried < bound.most(); tried++) {
            String place = key + (first + tried) % bound.most();
            if (store.putIfAbsent(place, bound.window().toSeconds())) {
                taken.add(place);
                return true;
            }
        }
        return false;
    }

    private String key(Bound bound) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            String named = String.join("\n", realm.getId(), bound.kind(), bound.who());
            byte[] hash = mac.doFinal(named.getBytes(StandardCharsets.UTF_8));
            return "mail-allowance." + HexFormat.of().formatHex(hash) + ".";
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
