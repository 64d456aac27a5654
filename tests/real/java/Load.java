import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces the first --records of Records to each topic of --topics (topic=codec,topic=codec...),
 * at most --rate a second if given. Returns when all are acknowledged.
 */
final class Load {
  static void run(Args args, Consumer<String> print) throws Exception {
    for (String pair : args.get("topics").split(",")) {
      String[] parts = pair.split("=");
      load(args, parts[0], parts.length > 1 ? parts[1] : "none");
    }
  }

  private static void load(Args args, String topic, String codec) throws Exception {
    AtomicReference<Exception> failure = new AtomicReference<>();
    Records records = new Records(args);
    long count = args.number("records", 1000);
    long rate = args.number("rate", 0);
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config(args, codec))) {
      long began = System.nanoTime();
      for (long i = 0; i < count && failure.get() == null; i++) {
        if (rate > 0 && i % 100 == 0) {
          pace(began, i, rate);
        }
        producer.send(records.record(topic, i), (metadata, error) -> {
          if (error != null) {
            failure.compareAndSet(null, error);
          }
        });
      }
      producer.flush();
    }
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  private static void pace(long began, long sent, long rate) throws InterruptedException {
    long due = began + sent * 1_000_000_000L / rate;
    long waitMs = (due - System.nanoTime()) / 1_000_000;
    if (waitMs > 0) {
      Thread.sleep(waitMs);
    }
  }

  private static Properties config(Args args, String codec) {
    Properties config = new Properties();
    config.put("bootstrap.servers", args.get("bootstrap"));
    config.put("key.serializer", ByteArraySerializer.class.getName());
    config.put("value.serializer", ByteArraySerializer.class.getName());
    config.put("compression.type", codec);
    config.put("batch.size", args.get("batch-size", "16384"));
    config.put("linger.ms", args.get("linger-ms", "5"));
    config.put("max.request.size", "67108864");
    config.put("acks", "all");
    return config;
  }
}
