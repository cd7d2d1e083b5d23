package org.customeridentity.keycloak.common;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** What one customer has of the Internet: an IPv4 address, an IPv6 /64 (as the validator counts them). */
public final class Network {

    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final int IPV6_BYTES = 16;
    private static final int SHARED_BYTES = 8;

    private Network() {
    }

    /** Of a remote address; one that is no IPv6 address stands for itself. */
    public static String of(String address) {
        String bare = address.split("%", 2)[0];
        if (!IPV6.matcher(bare).matches()) {
            return bare;
        }
        try {
            byte[] bytes = InetAddress.getByName(bare).getAddress();
            return bytes.length == IPV6_BYTES
                    ? HexFormat.of().formatHex(Arrays.copyOf(bytes, SHARED_BYTES)) : HexFormat.of().formatHex(bytes);
        } catch (UnknownHostException notAnAddress) {
            return bare;
        }
    }
}
