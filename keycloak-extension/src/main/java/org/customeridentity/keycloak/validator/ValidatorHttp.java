package org.customeridentity.keycloak.validator;

import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.SSLContext;

import org.apache.http.client.config.RequestConfig;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.ssl.SSLContexts;
import org.keycloak.Config;

/**
 * The connections to the validator, for the whole server. A client of our own and not Keycloak's shared one: that waits
 * for a connection without end by default, and sends through the proxy of the environment. The JDK's own costs a
 * registration 2 ms more of the processor.
 *
 * <p>Whom it trusts is what Keycloak trusts (truststore-paths). For mutual TLS it shows the certificate of a keystore,
 * an option of the server and not of the realm, for it names a file:
 * spi-authenticator--customer-code-page--client-keystore and …--client-keystore-password.
 */
public final class ValidatorHttp {

    private static final RequestConfig LIMITS = RequestConfig.custom()
            .setConnectTimeout((int) Outage.CONNECTS_WITHIN.toMillis())
            .setConnectionRequestTimeout((int) Outage.WAITS_FOR_ITS_TURN.toMillis())
            .setSocketTimeout((int) Outage.CUSTOMER_WAITS.toMillis())
            .build();
    private static volatile CloseableHttpClient client = client(null);

    private ValidatorHttp() {
    }

    static CloseableHttpClient client() {
        return client;
    }

    /** At the server's start. Throws where the keystore cannot be used: better no start than no registrations. */
    public static void configure(Config.Scope options) {
        String keystore = options.get("clientKeystore");
        if (keystore != null) {
            client = client(showing(keystore, options.get("clientKeystorePassword", "").toCharArray()));
        }
    }

    private static SSLContext showing(String keystore, char[] password) {
        try {
            return SSLContexts.custom()
                    .loadKeyMaterial(KeyStore.getInstance(new File(keystore), password), password)
                    .build();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException unusable) {
            throw new IllegalStateException("client keystore " + keystore + " for the customer-code validator: "
                    + unusable.getMessage(), unusable);
        }
    }

    private static CloseableHttpClient client(SSLContext tls) {
        return HttpClients.custom()
                .setSSLContext(tls)
                .setDefaultRequestConfig(LIMITS)
                .setMaxConnPerRoute(Outage.MOST_AT_ONCE)
                .setMaxConnTotal(Integer.MAX_VALUE)
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableRedirectHandling()
                // With a client certificate a connection would else serve nobody a second time.
                .disableConnectionState()
                .build();
    }
}
