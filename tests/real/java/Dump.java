import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics (--topics a,b) from their beginning to the end they have at the start, with Java's
 * own consumer.
 *
 * <p>--mode records: one line a record: topic partition offset timestamp key value headers, bytes
 * as 0x..., null as null. --mode fingerprints: one line a record: partition, a digest of everything
 * but its offset. --mode digest: one line a partition: topic partition count digest, over
 * everything but offsets. --mode keys: see KeyDigests.
 */
final class Dump {
  interface Sink {
    void add(ConsumerRecord<byte[], byte[]> record);

    void finish(Consumer<String> print);
  }

  static void run(Args args, Consumer<String> print) {
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config(args))) {
      for (String topic : args.get("topics").split(",")) {
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(topic).forEach(
            p -> partitions.add(new TopicPartition(topic, p.partition())));
        Sink sink = switch (args.get("mode")) {
          case "records" -> new Lines(print, Dump::line);
          case "fingerprints" -> new Lines(print, Dump::fingerprint);
          case "digest" -> new PartitionDigests(partitions);
          case "keys" -> new KeyDigests(topic, partitions.size());
          default -> throw new IllegalArgumentException("--mode");
        };
        read(consumer, partitions, sink);
        sink.finish(print);
      }
    }
  }

  private static void read(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Sink sink) {
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    long deadline = System.nanoTime() + 600_000_000_000L;
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the end was not reached in 600 s");
      }
      ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(500));
      for (TopicPartition partition : records.partitions()) {
        long end = ends.get(partition);
        records.records(partition).stream().filter(r -> r.offset() < end).forEach(sink::add);
      }
    }
  }

  private static Properties config(Args args) {
    Properties config = new Properties();
    config.put("bootstrap.servers", args.get("bootstrap"));
    config.put("key.deserializer", ByteArrayDeserializer.class.getName());
    config.put("value.deserializer", ByteArrayDeserializer.class.getName());
    config.put("isolation.level", args.get("isolation", "read_committed"));
    config.put("enable.auto.commit", "false");
    config.put("max.poll.records", "10000");
    return config;
  }

  /** Everything of a record but its place, each field after its length, null told from empty. */
  static byte[] content(ConsumerRecord<byte[], byte[]> record) {
    List<byte[]> fields = new ArrayList<>();
    fields.add(record.key());
    fields.add(record.value());
    for (Header header : record.headers()) {
      fields.add(header.key().getBytes(StandardCharsets.UTF_8));
      fields.add(header.value());
    }
    int size = 8;
    for (byte[] field : fields) {
      size += 4 + (field == null ? 0 : field.length);
    }
    ByteBuffer buffer = ByteBuffer.allocate(size);
    buffer.putLong(record.timestamp());
    for (byte[] field : fields) {
      buffer.putInt(field == null ? -1 : field.length);
      if (field != null) {
        buffer.put(field);
      }
    }
    return buffer.array();
  }

  static String hex(byte[] bytes) {
    return bytes == null ? "null" : "0x" + HexFormat.of().formatHex(bytes);
  }

  private static String line(ConsumerRecord<byte[], byte[]> record) {
    StringJoiner headers = new StringJoiner(",");
    for (Header header : record.headers()) {
      byte[] key = header.key().getBytes(StandardCharsets.UTF_8);
      headers.add(hex(key) + "=" + hex(header.value()));
    }
    return String.join("\t", record.topic(), Integer.toString(record.partition()),
        Long.toString(record.offset()), Long.toString(record.timestamp()), hex(record.key()),
        hex(record.value()), headers.toString());
  }

  private static String fingerprint(ConsumerRecord<byte[], byte[]> record) {
    byte[] digest = PartitionDigests.sha256().digest(content(record));
    return record.partition() + "\t" + HexFormat.of().formatHex(digest, 0, 16);
  }

  /** Prints each record by itself. */
  private record Lines(
      Consumer<String> print, Function<ConsumerRecord<byte[], byte[]>, String> text)
      implements Sink {
    @Override
    public void add(ConsumerRecord<byte[], byte[]> record) {
      print.accept(text.apply(record));
    }

    @Override
    public void finish(Consumer<String> print) {}
  }
}
