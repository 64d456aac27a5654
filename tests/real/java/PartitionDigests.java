import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One SHA-256 a partition over its records in order: a line "topic partition count digest" each.
 */
final class PartitionDigests implements Dump.Sink {
  private static final class State {
    final MessageDigest digest = sha256();
    long count = 0;
  }

  private final String topic;
  private final Map<Integer, State> states = new TreeMap<>();

  PartitionDigests(List<TopicPartition> partitions) {
    topic = partitions.get(0).topic();
    partitions.forEach(partition -> states.put(partition.partition(), new State()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void add(ConsumerRecord<byte[], byte[]> record) {
    State state = states.get(record.partition());
    state.digest.update(Dump.content(record));
    state.count++;
  }

  @Override
  public void finish(Consumer<String> print) {
    states.forEach((partition, state) -> {
      String digest = HexFormat.of().formatHex(state.digest.digest());
      print.accept(
          String.join("\t", topic, partition.toString(), Long.toString(state.count), digest));
    });
  }
}
