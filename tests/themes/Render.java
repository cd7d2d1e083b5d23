import freemarker.cache.FileTemplateLoader;
import freemarker.cache.MultiTemplateLoader;
import freemarker.cache.StringTemplateLoader;
import freemarker.cache.TemplateLoader;
import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import java.io.File;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Runs a template of the theme with Keycloak's own FreeMarker, without Keycloak.
 * Arguments: folder of the theme type, text of a template that may import the folder's, then lines given to it as `lines`.
 */
public class Render {
    public static void main(String[] args) throws Exception {
        Configuration configuration = new Configuration(Configuration.VERSION_2_3_32);
        StringTemplateLoader driver = new StringTemplateLoader();
        driver.putTemplate("driver.ftl", args[1]);
        configuration.setTemplateLoader(new MultiTemplateLoader(
                new TemplateLoader[] {driver, new FileTemplateLoader(new File(args[0]))}));
        configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
        configuration.setDefaultEncoding("UTF-8");
        StringWriter out = new StringWriter();
        configuration.getTemplate("driver.ftl")
                .process(Map.of("lines", Arrays.asList(args).subList(2, args.length)), out);
        try (OutputStreamWriter writer = new OutputStreamWriter(System.out, StandardCharsets.UTF_8)) {
            writer.write(out.toString());
        }
    }
}
