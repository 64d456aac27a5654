import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/**
 * What must stay the same when a topic is spread over another number of partitions: a line "key
 * topic key count digest" a key, over its records in order, and the same for the records without a
 * key, in any order. Then how they lie: "unkeyed topic partition count" a partition, and "misplaced
 * topic n", how many keyed records lie where Java's partitioner would not have put them.
 */
final class KeyDigests implements Dump.Sink {
  private static final class State {
    final MessageDigest digest = PartitionDigests.sha256();
    long count = 0;
  }

  private final String topic;
  private final int partitions;
  private final Map<ByteBuffer, State> keys = new TreeMap<>();
  private BigInteger unkeyed = BigInteger.ZERO;
  private long unkeyedCount = 0;
  private final long[] unkeyedAt;
  private long misplaced = 0;

  KeyDigests(String topic, int partitions) {
    this.topic = topic;
    this.partitions = partitions;
    unkeyedAt = new long[partitions];
  }

  @Override
  public void add(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      byte[] digest = PartitionDigests.sha256().digest(Dump.content(record));
      unkeyed = unkeyed.add(new BigInteger(1, digest));
      unkeyedCount++;
      unkeyedAt[record.partition()]++;
      return;
    }
    if (BuiltInPartitioner.partitionForKey(record.key(), partitions) != record.partition()) {
      misplaced++;
    }
    State state = keys.computeIfAbsent(ByteBuffer.wrap(record.key()), key -> new State());
    state.digest.update(Dump.content(record));
    state.count++;
  }

  @Override
  public void finish(Consumer<String> print) {
    keys.forEach(
        (key, state) -> line(print, Dump.hex(key.array()), state.count, state.digest.digest()));
    line(print, "null", unkeyedCount, unkeyed.toByteArray());
    for (int partition = 0; partition < partitions; partition++) {
      print.accept(String.join("\t", "unkeyed", topic, Integer.toString(partition),
          Long.toString(unkeyedAt[partition])));
    }
    print.accept("misplaced\t" + topic + "\t" + misplaced);
  }

  private void line(Consumer<String> print, String key, long count, byte[] digest) {
    print.accept(String.join(
        "\t", "key", topic, key, Long.toString(count), HexFormat.of().formatHex(digest)));
  }
}
