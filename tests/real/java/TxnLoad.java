import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces interleaved transactions to each topic of --topics (topic=codec,topic=codec...), over
 * --partitions partitions (0: by key). In each of --rounds rounds three transactional producers and
 * a plain one take turns, several batches each, before each transaction is committed or aborted, as
 * the seed says; the first round has both.
 */
final class TxnLoad {
  private static final int PRODUCERS = 3;
  private static final int TURNS = 3;

  private final String topic;
  private final int partitions;
  private final SplittableRandom random;
  private final List<KafkaProducer<byte[], byte[]>> transactional = new ArrayList<>();
  private final KafkaProducer<byte[], byte[]> plain;
  private long index = 0;

  static void run(Args args, Consumer<String> print) {
    for (String pair : args.get("topics").split(",")) {
      String[] parts = pair.split("=");
      TxnLoad load = new TxnLoad(args, parts[0], parts[1]);
      for (int round = 0; round < args.number("rounds", 10); round++) {
        load.round(round);
      }
      load.close();
    }
  }

  private TxnLoad(Args args, String topic, String codec) {
    this.topic = topic;
    partitions = (int) args.number("partitions", 0);
    random = new SplittableRandom(args.number("seed", 1));
    for (int p = 0; p < PRODUCERS; p++) {
      transactional.add(producer(args, codec, topic + "-txn-" + p));
      transactional.get(p).initTransactions();
    }
    plain = producer(args, codec, null);
  }

  private void round(int round) {
    transactional.forEach(KafkaProducer::beginTransaction);
    for (int turn = 0; turn < TURNS; turn++) {
      for (int p = 0; p < PRODUCERS; p++) {
        send(transactional.get(p), "round " + round + " producer " + p);
      }
      send(plain, "round " + round + " plain");
    }
    for (int p = 0; p < PRODUCERS; p++) {
      boolean abort = round == 0 ? p % 2 == 0 : random.nextInt(3) == 0;
      if (abort) {
        transactional.get(p).abortTransaction();
      } else {
        transactional.get(p).commitTransaction();
      }
    }
  }

  /** A few records, flushed, so that every turn is a batch of its own in some of the partitions. */
  private void send(KafkaProducer<byte[], byte[]> producer, String label) {
    int count = 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      byte[] key = ("key-" + random.nextInt(50)).getBytes(StandardCharsets.UTF_8);
      byte[] value = (index++ + " " + label).getBytes(StandardCharsets.UTF_8);
      Integer partition = partitions > 0 ? Integer.valueOf(random.nextInt(partitions)) : null;
      producer.send(new ProducerRecord<>(topic, partition, key, value));
    }
    producer.flush();
  }

  private void close() {
    transactional.forEach(KafkaProducer::close);
    plain.close();
  }

  private static KafkaProducer<byte[], byte[]> producer(
      Args args, String codec, String transactionalId) {
    Properties config = new Properties();
    config.put("bootstrap.servers", args.get("bootstrap"));
    config.put("key.serializer", ByteArraySerializer.class.getName());
    config.put("value.serializer", ByteArraySerializer.class.getName());
    config.put("compression.type", codec);
    if (transactionalId != null) {
      config.put("transactional.id", transactionalId);
    }
    return new KafkaProducer<>(config);
  }
}
