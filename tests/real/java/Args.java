import java.util.HashMap;
import java.util.Map;

/**
 * Command-line options: every "--name value" pair; a name with nothing or another name behind it
 * is "true".
 */
final class Args {
  private final Map<String, String> values = new HashMap<>();

  Args(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("--")) {
        throw new IllegalArgumentException("not an option: " + args[i]);
      }
      boolean alone = i + 1 == args.length || args[i + 1].startsWith("--");
      values.put(args[i].substring(2), alone ? "true" : args[++i]);
    }
  }

  String get(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is missing");
    }
    return value;
  }

  String get(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  long number(String name, long otherwise) {
    return Long.parseLong(values.getOrDefault(name, Long.toString(otherwise)));
  }

  boolean flag(String name) {
    return Boolean.parseBoolean(values.getOrDefault(name, "false"));
  }
}
