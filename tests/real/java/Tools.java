import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The entry point. With arguments: runs one tool, "Tools Dump --bootstrap ...". Without: runs one
 * tool a line of input, words divided by tabs, and ends the output of each with a line "ok", or
 * "failed" and the reason. One process for many small questions saves most of their time.
 */
final class Tools {
  interface Tool {
    void run(Args args, Consumer<String> print) throws Exception;
  }

  private static final Map<String, Tool> TOOLS = Map.of("Batches", Batches::run, "Dump", Dump::run,
      "Load", Load::run, "Topics", Topics::run, "TxnLoad", TxnLoad::run);

  public static void main(String[] argv) throws Exception {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false);
    if (argv.length > 0) {
      run(argv, out);
      out.flush();
      return;
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        run(line.split("\t"), out);
        out.println("ok");
      } catch (Exception e) {
        e.printStackTrace();
        out.println("failed\t" + e.toString().replaceAll("\\s+", " "));
      }
      out.flush();
    }
  }

  private static void run(String[] words, PrintStream out) throws Exception {
    Tool tool = TOOLS.get(words[0]);
    if (tool == null) {
      throw new IllegalArgumentException("no tool " + words[0]);
    }
    // One write a line would cost more than everything else.
    StringBuilder buffer = new StringBuilder();
    tool.run(new Args(Arrays.copyOfRange(words, 1, words.length)), line -> {
      buffer.append(line).append('\n');
      if (buffer.length() > 1 << 16) {
        out.print(buffer);
        buffer.setLength(0);
      }
    });
    out.print(buffer);
  }
}
