import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
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
 * as 0x..., null as null. --mode digest: one line a partition: topic partition count digest, over
 * everything but offsets. --mode keys: see KeyDigests.
 */
final class Dump {
  interface Sink {
    void add(ConsumerRecord<byte[], byte[]> record);

    void finish(Consumer<String> print);
  }

  public static void main(String[] argv) {
    Args args = new Args(argv);
    StringBuilder out = new StringBuilder();
    Consumer<String> print = line -> {
      out.append(line).append('\n');
      if (out.length() > 1 << 16) {
        System.out.print(out);
        out.setLength(0);
      }
    };
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config(args))) {
      for (String topic : args.get("topics").split(",")) {
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(topic).forEach(
            p -> partitions.add(new TopicPartition(topic, p.partition())));
        Sink sink = switch (args.get("mode")) {
              case "records" -> new Lines(print);
              case "fingerprints" -> new Fingerprints(print);
              case "digest" -> new PartitionDigests(partitions);
              case "keys" -> new KeyDigests(topic, partitions.size());
              default -> throw new IllegalArgumentException("--mode");
            };
        read(consumer, partitions, sink);
        sink.finish(print);
      }
    }
    System.out.print(out);
    System.out.flush();
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
                  records.records(partition)
                      .stream()
                      .filter(r -> r.offset() < end)
                      .forEach(sink::add);
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

      /**
       * Everything of a record but its place, each field with its length in front and null told
       * from empty.
       */
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

      private record Lines(Consumer<String> print) implements Sink {
        @Override
        public void add(ConsumerRecord<byte[], byte[]> record) {
              StringBuilder headers = new StringBuilder();
              for (Header header : record.headers()) {
                headers.append(headers.length() > 0 ? "," : "")
                    .append(hex(header.key().getBytes(StandardCharsets.UTF_8)));
                headers.append('=').append(hex(header.value()));
              }
              print.accept(String.join("\t", record.topic(), Integer.toString(record.partition()),
                  Long.toString(record.offset()), Long.toString(record.timestamp()),
                  hex(record.key()), hex(record.value()), headers));
        }

        @Override
        public void finish(Consumer<String> print) {}
      }

      private record Fingerprints(Consumer<String> print) implements Sink {
        @Override
        public void add(ConsumerRecord<byte[], byte[]> record) {
              byte[] digest = PartitionDigests.sha256().digest(content(record));
              print.accept(record.partition() + "\t" + HexFormat.of().formatHex(digest, 0, 16));
        }

        @Override
        public void finish(Consumer<String> print) {}
      }
    }
