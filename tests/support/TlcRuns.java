import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.util.*;

/**
 * Runs TLC on many modules in one JVM, as starting one takes longer than checking a small module: `TlcRuns
 * tla2tools.jar`, on each line of standard input a module without its suffix. TLC keeps its state in static fields, so
 * each run has classes of its own. What TLC says goes to `tlc.out` beside the module.
 */
public class TlcRuns {
    public static void main(String[] args) throws Exception {
        URL[] jar = {Path.of(args[0]).toUri().toURL()};
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        PrintStream out = System.out;
        for (String line; (line = lines.readLine()) != null; ) {
            Path module = Path.of(line);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            PrintStream stream = new PrintStream(text, true);
            System.setOut(stream);
            System.setErr(stream);
            try (URLClassLoader loader = new URLClassLoader(jar, ClassLoader.getPlatformClassLoader())) {
                Thread.currentThread().setContextClassLoader(loader);
                String folder = module.getParent().toString();
                loader.loadClass("util.ToolIO").getMethod("setUserDir", String.class).invoke(null, folder);
                Class<?> tlc = loader.loadClass("tlc2.TLC");
                Object run = tlc.getConstructor().newInstance();
                String[] options = {
                    "-deadlock", "-fpmem", "0.01", "-metadir", folder + "/states", module.getFileName().toString()
                };
                boolean good = (Boolean) tlc.getMethod("handleParameters", String[].class).invoke(run, (Object) options);
                Class<?> resolver = loader.loadClass("util.FilenameToStream");
                Object files = loader.loadClass("util.SimpleFilenameToStream").getConstructor().newInstance();
                tlc.getMethod("setResolver", resolver).invoke(run, files);
                if (good) tlc.getMethod("process").invoke(run);
            } catch (Throwable problem) {
                problem.printStackTrace(stream);
            }
            stream.flush();
            Files.write(module.resolveSibling("tlc.out"), text.toByteArray());
            out.println(line);
            out.flush();
        }
        System.exit(0);
    }
}
