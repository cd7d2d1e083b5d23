import com.sun.tools.attach.VirtualMachine;

/** Arguments: process id, the agent's jar, seconds. Run from its source: java SetClock.java … */
public final class SetClock {

    private SetClock() {
    }

    public static void main(String[] arguments) throws Exception {
        VirtualMachine keycloak = VirtualMachine.attach(arguments[0]);
        try {
            keycloak.loadAgent(arguments[1], arguments[2]);
        } finally {
            keycloak.detach();
        }
    }
}
