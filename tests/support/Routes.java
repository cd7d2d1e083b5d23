import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prints the routes that Keycloak's classes declare, without Keycloak: a line “METHOD /path” each.
 * Arguments: “/prefix=class” for each place to begin at. Where a class leaves open what answers below a path, the line is
 * “LOCATOR /path”, unless an argument begins there.
 */
public class Routes {
    private final Set<String> begun = new TreeSet<>();
    private final Set<String> found = new TreeSet<>();
    private final Deque<Class<?>> above = new ArrayDeque<>();

    public static void main(String[] args) throws Exception {
        Routes routes = new Routes();
        for (String arg : args) {
            routes.begun.add(arg.substring(0, arg.indexOf('=')));
        }
        for (String arg : args) {
            String[] parts = arg.split("=");
            routes.walk(Class.forName(parts[1], false, Routes.class.getClassLoader()), parts[0]);
        }
        routes.found.forEach(System.out::println);
    }

    private void walk(Class<?> resource, String prefix) {
        if (above.contains(resource)) {
            return;
        }
        above.push(resource);
        for (Method method : resource.getMethods()) {
            Path path = annotation(method, Path.class);
            String address = path == null ? prefix : prefix + "/" + path.value().replaceAll("^/|/$", "");
            Set<String> verbs = verbs(method);
            verbs.forEach(verb -> found.add(verb + " " + address));
            if (verbs.isEmpty() && path != null && !begun.contains(address)) {
                if (method.getReturnType() == Object.class) {
                    found.add("LOCATOR " + address);
                } else {
                    walk(method.getReturnType(), address);
                }
            }
        }
        above.pop();
    }

    private static Set<String> verbs(Method method) {
        Set<String> verbs = new LinkedHashSet<>();
        for (Method declared : declarations(method)) {
            for (Annotation one : declared.getAnnotations()) {
                HttpMethod verb = one.annotationType().getAnnotation(HttpMethod.class);
                if (verb != null) {
                    verbs.add(verb.value());
                }
            }
        }
        return verbs;
    }

    private static <A extends Annotation> A annotation(Method method, Class<A> kind) {
        return declarations(method).stream().map(one -> one.getAnnotation(kind))
                .filter(one -> one != null).findFirst().orElse(null);
    }

    /** The method where it is declared: annotations are not inherited. */
    private static Set<Method> declarations(Method method) {
        Set<Method> all = new LinkedHashSet<>();
        all.add(method);
        Deque<Class<?>> types = new ArrayDeque<>(Arrays.asList(method.getDeclaringClass()));
        while (!types.isEmpty()) {
            Class<?> type = types.pop();
            try {
                all.add(type.getDeclaredMethod(method.getName(), method.getParameterTypes()));
            } catch (NoSuchMethodException absent) {
                // declared further up
            }
            if (type.getSuperclass() != null) {
                types.add(type.getSuperclass());
            }
            types.addAll(Arrays.asList(type.getInterfaces()));
        }
        return all;
    }
}
