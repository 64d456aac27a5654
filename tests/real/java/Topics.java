import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * --create name:partitions[:key=value;key=value],... creates topics with as many replicas as there
 * are brokers, at most three. --grow name:partitions adds partitions. --delete a,b returns when
 * the topics are gone from the metadata. --describe a,b prints for each topic a line
 * "topic partitions n" and the settings that are its own, "topic key value".
 */
final class Topics {
  private static final Duration LEADERS_TIMEOUT = Duration.ofSeconds(60);

  static void run(Args args, Consumer<String> print) throws Exception {
    Properties config = new Properties();
    config.put("bootstrap.servers", args.get("bootstrap"));
    try (Admin admin = Admin.create(config)) {
      if (!args.get("create", "").isEmpty()) {
        create(admin, args.get("create"));
      }
      if (!args.get("grow", "").isEmpty()) {
        String[] parts = args.get("grow").split(":");
        NewPartitions grown = NewPartitions.increaseTo(Integer.parseInt(parts[1]));
        admin.createPartitions(Map.of(parts[0], grown)).all().get();
        awaitLeaders(admin, parts[0], grown.totalCount());
      }
      if (!args.get("delete", "").isEmpty()) {
        delete(admin, List.of(args.get("delete").split(",")));
      }
      if (!args.get("describe", "").isEmpty()) {
        describe(admin, print, List.of(args.get("describe").split(",")));
      }
    }
  }

  private static void create(Admin admin, String specifications) throws Exception {
    short replicas = (short) Math.min(3, admin.describeCluster().nodes().get().size());
    List<NewTopic> topics = new ArrayList<>();
    for (String specification : specifications.split(",")) {
      String[] parts = specification.split(":");
      NewTopic topic =
          new NewTopic(parts[0], Optional.of(Integer.parseInt(parts[1])), Optional.of(replicas));
      Map<String, String> settings = new HashMap<>();
      for (String pair : parts.length > 2 ? parts[2].split(";") : new String[0]) {
        settings.put(pair.split("=")[0], pair.split("=")[1]);
      }
      topics.add(topic.configs(settings));
    }
    admin.createTopics(topics).all().get();
    for (NewTopic topic : topics) {
      awaitLeaders(admin, topic.name(), topic.numPartitions());
    }
  }

  /**
   * Returns when every leader answers. A producer that begins earlier can have its first batch
   * refused and its second one accepted, and never recovers from that. A broker may not even have
   * heard of the topic yet.
   */
  private static void awaitLeaders(Admin admin, String topic, int partitions) throws Exception {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      all.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    long deadline = System.nanoTime() + LEADERS_TIMEOUT.toNanos();
    while (true) {
      try {
        admin.listOffsets(all).all().get();
        return;
      } catch (ExecutionException e) {
        boolean passes = e.getCause() instanceof UnknownTopicOrPartitionException;
        if (!passes || System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private static void delete(Admin admin, List<String> topics) throws Exception {
    admin.deleteTopics(topics).all().get();
    while (!Collections.disjoint(admin.listTopics().names().get(), topics)) {
      Thread.sleep(50);
    }
  }

  private static void describe(Admin admin, Consumer<String> print, List<String> topics)
      throws Exception {
    var descriptions = new TreeMap<>(admin.describeTopics(topics).allTopicNames().get());
    for (var topic : descriptions.values()) {
      print.accept(topic.name() + "\tpartitions\t" + topic.partitions().size());
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
      var entries = admin.describeConfigs(List.of(resource)).all().get().get(resource).entries();
      entries.stream()
          .filter(entry -> entry.source().name().equals("DYNAMIC_TOPIC_CONFIG"))
          .map(entry -> topic.name() + "\t" + entry.name() + "\t" + entry.value())
          .sorted()
          .forEach(print);
    }
  }
}
