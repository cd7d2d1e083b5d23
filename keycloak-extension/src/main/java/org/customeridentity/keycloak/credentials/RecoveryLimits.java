package org.customeridentity.keycloak.credentials;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.customeridentity.keycloak.email.MailAllowance.Bound;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

/**
 * How many requests are looked at, and how many mails come of them.
 *
 * <p>A stranger must not be able to keep a customer from the mail. So what is counted for an account alone is one mail
 * a moment (who is refused then has a mail of that moment, with a link that lives longer); all else is counted for the
 * network that asks.
 */
record RecoveryLimits(int requests, Duration mailEvery, int mails, Duration mailWindow) {

    private static final String REQUESTS = "requestsPerNetworkAndHour";
    private static final String MAIL_EVERY = "secondsBetweenMails";
    private static final String MAILS = "mailsPerNetworkAndAccount";
    private static final String MAIL_WINDOW = "secondsOfMailWindow";
    private static final Map<String, Integer> USUAL =
            Map.of(REQUESTS, 60, MAIL_EVERY, 300, MAILS, 5, MAIL_WINDOW, 21_600);

    static RecoveryLimits of(AuthenticatorConfigModel model) {
        Map<String, String> config = model == null || model.getConfig() == null ? Map.of() : model.getConfig();
        return new RecoveryLimits(figure(config, REQUESTS), Duration.ofSeconds(figure(config, MAIL_EVERY)),
                figure(config, MAILS), Duration.ofSeconds(figure(config, MAIL_WINDOW)));
    }

    static List<ProviderConfigProperty> properties() {
        return ProviderConfigurationBuilder.create()
                .property().name(REQUESTS).label("Requests per network and hour")
                .helpText("More from one IPv4 address or IPv6 /64 are answered the same but not looked at.")
                .type(ProviderConfigProperty.INTEGER_TYPE).defaultValue(USUAL.get(REQUESTS)).add()
                .property().name(MAIL_EVERY).label("Seconds between mails to an account")
                .helpText("Whoever asks. Less than the life of a reset link: who is refused then has one that works.")
                .type(ProviderConfigProperty.INTEGER_TYPE).defaultValue(USUAL.get(MAIL_EVERY)).add()
                .property().name(MAILS).label("Mails to an account for one network")
                .helpText("Within the window below. For the network that asks, so that no stranger uses up a "
                        + "customer's.")
                .type(ProviderConfigProperty.INTEGER_TYPE).defaultValue(USUAL.get(MAILS)).add()
                .property().name(MAIL_WINDOW).label("Seconds of that window")
                .helpText("After so many seconds a mail no longer counts.")
                .type(ProviderConfigProperty.INTEGER_TYPE).defaultValue(USUAL.get(MAIL_WINDOW)).add()
                .build();
    }

    Bound requestsFrom(String network) {
        return new Bound("recovery-request", network, requests, Duration.ofHours(1));
    }

    /** The network's own comes first: a stranger who has used it up must not take the account's moment. */
    Bound[] mailsTo(String account, String network) {
        return new Bound[] {
            new Bound("recovery-mail", account + " " + network, mails, mailWindow),
            new Bound("recovery-moment", account, 1, mailEvery)};
    }

    /** A figure that is none, or less than one, counts as not set. */
    private static int figure(Map<String, String> config, String name) {
        String set = config.getOrDefault(name, "").strip();
        return set.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(set) : USUAL.get(name);
    }
}
