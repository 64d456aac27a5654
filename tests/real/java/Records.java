import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Test records, each a function of (seed, index) alone. The timestamp is start + index, so a record
 * is told from every other by its timestamp even where its value is null or empty.
 */
final class Records {
  private final long seed;
  private final long keys;
  private final int valueBytes;
  private final long timestampStart;
  private final int roundRobin;
  private final boolean plain;

  Records(Args args) {
    seed = args.number("seed", 1);
    keys = args.number("keys", 1000);
    valueBytes = (int) args.number("value-bytes", 100);
    timestampStart = args.number("timestamp-start", System.currentTimeMillis());
    // 0: Java's own partitioner chooses; n: record i goes to partition i % n, whatever its key.
    roundRobin = (int) args.number("round-robin", 0);
    // plain: keyed records with a value and nothing else.
    plain = args.flag("plain");
  }

  ProducerRecord<byte[], byte[]> record(String topic, long index) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + index);
    Integer partition = roundRobin > 0 ? Integer.valueOf((int) (index % roundRobin)) : null;
    return new ProducerRecord<>(topic, partition, timestampStart + index, key(index, random),
        value(index, random), headers(index));
  }

  private byte[] key(long index, SplittableRandom random) {
    if (!plain && index % 10 == 3) {
      return null;
    }
    if (!plain && index % 97 == 5) {
      return new byte[0];
    }
    return ("key-" + random.nextLong(keys)).getBytes(StandardCharsets.UTF_8);
  }

  /** The first half hardly compresses, the second half very well. */
  private byte[] value(long index, SplittableRandom random) {
    if (!plain && index % 11 == 4) {
      return null;
    }
    if (!plain && index % 13 == 6) {
      return new byte[0];
    }
    int size = plain ? valueBytes : valueBytes / 2 + random.nextInt(valueBytes + 1);
    byte[] value = new byte[size];
    byte[] label = (index + ":").getBytes(StandardCharsets.UTF_8);
    random.nextBytes(value);
    Arrays.fill(value, size / 2, size, (byte) 'x');
    System.arraycopy(label, 0, value, 0, Math.min(label.length, size));
    return value;
  }

  private List<Header> headers(long index) {
    List<Header> headers = new ArrayList<>();
    if (plain || index % 7 != 2) {
      return headers;
    }
    headers.add(new RecordHeader("index", Long.toString(index).getBytes(StandardCharsets.UTF_8)));
    headers.add(new RecordHeader("twice", new byte[0]));
    headers.add(new RecordHeader("twice", null));
    headers.add(new RecordHeader("", new byte[] {0, (byte) 0xff}));
    return headers;
  }
}
