import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces --rounds rounds of interleaved transactions over --partitions partitions (0: by key). In
 * each round
 * --producers transactional producers and a plain one take turns, several batches each, before each
 * transaction is committed or aborted (as the seed says; the first round has both). Prints how many
 * transactions committed and aborted.
 */
final class TxnLoad {
  private static long index = 0;

  public static void main(String[] argv) {
    Args args = new Args(argv);
    String topic = args.get("topic");
    int partitions = (int) args.number("partitions", 0);
    int rounds = (int) args.number("rounds", 10);
    SplittableRandom random = new SplittableRandom(args.number("seed", 1));
    List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
    for (int p = 0; p < args.number("producers", 3); p++) {
      producers.add(producer(args, topic + "-txn-" + p));
      producers.get(p).initTransactions();
    }
    KafkaProducer<byte[], byte[]> plain = producer(args, null);
    int committed = 0;
    int aborted = 0;
    for (int round = 0; round < rounds; round++) {
      producers.forEach(KafkaProducer::beginTransaction);
      for (int turn = 0; turn < 3; turn++) {
        for (int p = 0; p < producers.size(); p++) {
          send(producers.get(p), topic, partitions, "round " + round + " producer " + p, random);
        }
        send(plain, topic, partitions, "round " + round + " plain", random);
      }
      for (int p = 0; p < producers.size(); p++) {
        boolean abort = round == 0 ? p % 2 == 0 : random.nextInt(3) == 0;
        if (abort) {
          producers.get(p).abortTransaction();
          aborted++;
        } else {
          producers.get(p).commitTransaction();
          committed++;
        }
      }
    }
    producers.forEach(KafkaProducer::close);
    plain.close();
    System.out.println("committed " + committed + " aborted " + aborted);
  }

  /** A few records, flushed, so that every turn is a batch of its own in some of the partitions. */
  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, int partitions,
      String label, SplittableRandom random) {
    int count = 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      byte[] key = ("key-" + random.nextInt(50)).getBytes(StandardCharsets.UTF_8);
      byte[] value = (index++ + " " + label).getBytes(StandardCharsets.UTF_8);
      Integer partition = partitions > 0 ? Integer.valueOf(random.nextInt(partitions)) : null;
      producer.send(new ProducerRecord<>(topic, partition, key, value));
    }
    producer.flush();
  }

  private static KafkaProducer<byte[], byte[]> producer(Args args, String transactionalId) {
    Properties config = new Properties();
    config.put("bootstrap.servers", args.get("bootstrap"));
    config.put("key.serializer", ByteArraySerializer.class.getName());
    config.put("value.serializer", ByteArraySerializer.class.getName());
    config.put("compression.type", args.get("codec", "none"));
    if (transactionalId != null) {
      config.put("transactional.id", transactionalId);
    }
    return new KafkaProducer<>(config);
  }
}
