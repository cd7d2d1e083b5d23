package org.customeridentity.keycloak.validator;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

import org.apache.http.HttpClientConnection;
import org.apache.http.HttpException;
import org.apache.http.HttpInetConnection;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.socket.PlainConnectionSocketFactory;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpRequestExecutor;
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
    private static final String ASKED = "customer-codes.asked";
    private static final Replicas REPLICAS = new Replicas();
    private static volatile PoolingHttpClientConnectionManager connections = connections(SSLContexts.createDefault());
    private static volatile CloseableHttpClient client = client(connections);

    private ValidatorHttp() {
    }

    /** The context remembers who was asked last. */
    static CloseableHttpResponse send(HttpUriRequest request, HttpContext context) throws IOException {
        return client.execute(request, context);
    }

    /** At the server's start. Throws where the keystore cannot be used: better no start than no registrations. */
    public static void configure(Config.Scope options) {
        String keystore = options.get("clientKeystore");
        if (keystore != null) {
            connections = connections(showing(keystore, options.get("clientKeystorePassword", "").toCharArray()));
            client = client(connections);
        }
    }

    /**
     * The call of this context had no answer. A replica whose machine is gone leaves connections behind that look alive,
     * each good for one more such call.
     */
    static void unanswered(HttpContext context) {
        if (context.getAttribute(ASKED) instanceof InetAddress asked) {
            REPLICAS.unanswered(asked);
        }
        connections.closeIdleConnections(0, TimeUnit.SECONDS);
    }

    /** Tells the context whom the request goes to: a connection that was closed knows it no more. */
    private static final class Asking extends HttpRequestExecutor {
        @Override
        public HttpResponse execute(HttpRequest request, HttpClientConnection connection, HttpContext context)
                throws IOException, HttpException {
            if (connection instanceof HttpInetConnection known) {
                context.setAttribute(ASKED, known.getRemoteAddress());
            }
            return super.execute(request, connection, context);
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

    private static PoolingHttpClientConnectionManager connections(SSLContext tls) {
        var ways = RegistryBuilder.<ConnectionSocketFactory>create()
                .register("http", PlainConnectionSocketFactory.getSocketFactory())
                .register("https", new SSLConnectionSocketFactory(tls))
                .build();
        var made = new PoolingHttpClientConnectionManager(ways, REPLICAS);
        made.setDefaultMaxPerRoute(Outage.MOST_AT_ONCE);
        made.setMaxTotal(Integer.MAX_VALUE);
        return made;
    }

    private static CloseableHttpClient client(PoolingHttpClientConnectionManager connections) {
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setRequestExecutor(new Asking())
                .setDefaultRequestConfig(LIMITS)
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
