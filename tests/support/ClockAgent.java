import java.lang.instrument.Instrumentation;

/** Loaded into a running Keycloak: sets the offset in seconds of its own clock, org.keycloak.common.util.Time. */
public final class ClockAgent {

    private ClockAgent() {
    }

    /** Called by the virtual machine. */
    public static void agentmain(String seconds, Instrumentation instrumentation) throws ReflectiveOperationException {
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (loaded.getName().equals("org.keycloak.common.util.Time")) {
                loaded.getMethod("setOffset", int.class).invoke(null, Integer.parseInt(seconds));
            }
        }
    }
}
