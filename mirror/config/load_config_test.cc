#include "mirror/config/load_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>

namespace kmirror::mirror {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Two files in a folder of its own, and what loading them gives. Errors are shown without the
// folder.
class LoadConfig : public testing::Test {
 protected:
  LoadConfig() {
    std::filesystem::create_directories(folder_);
    inputs.consumer_config = folder_ + "c";
    inputs.producer_config = folder_ + "p";
    inputs.include = "testtopic";
  }
  ~LoadConfig() override { std::filesystem::remove_all(folder_); }

  LoadedConfig load(std::string_view consumer, std::string_view producer) {
    ConfigResult<LoadedConfig> loaded = load_files(consumer, producer);
    if (!loaded) ADD_FAILURE() << loaded.error().text;
    return loaded ? *loaded : LoadedConfig{};
  }

  std::string error(std::string_view consumer, std::string_view producer) {
    ConfigResult<LoadedConfig> loaded = load_files(consumer, producer);
    if (loaded) return "no error";
    std::string text = loaded.error().text;
    for (std::size_t at; (at = text.find(folder_)) != std::string::npos;) {
      text.erase(at, folder_.size());
    }
    return text;
  }

  MirrorInputs inputs;

 private:
  ConfigResult<LoadedConfig> load_files(std::string_view consumer, std::string_view producer) {
    std::ofstream(inputs.consumer_config) << consumer;
    std::ofstream(inputs.producer_config) << producer;
    return load_mirror_config(inputs);
  }

  const std::string folder_ =
      testing::TempDir() + "load_config_test." + std::to_string(::getpid()) + "/";
};

constexpr std::string_view kConsumer = "bootstrap.servers=s:9092\ngroup.id=g\n";
constexpr std::string_view kProducer = "bootstrap.servers=d:9092\n";

std::string plus(std::string_view file, std::string_view more) {
  return std::string(file) + std::string(more);
}

TEST_F(LoadConfig, DefaultsAreTheMirrors) {
  LoadedConfig loaded = load(kConsumer, kProducer);
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_THAT(loaded.notes, IsEmpty());
  const SourceConfig& source = loaded.config.source;
  EXPECT_THAT(source.client.bootstrap_servers, ElementsAre(net::HostPort{"s", 9092}));
  EXPECT_EQ(source.group_id, "g");
  EXPECT_EQ(source.client.client_id, "g");
  EXPECT_FALSE(source.zookeeper);
  EXPECT_EQ(source.auto_offset_reset, OffsetReset::kEarliest);
  EXPECT_FALSE(source.auto_offset_reset_given);
  EXPECT_TRUE(source.read_committed);
  EXPECT_FALSE(source.isolation_level_given);
  EXPECT_EQ(source.client.request_timeout, milliseconds(30'000));
  const DestinationConfig& destination = loaded.config.destination;
  EXPECT_THAT(destination.client.bootstrap_servers, ElementsAre(net::HostPort{"d", 9092}));
  EXPECT_EQ(destination.client.client_id, "g");
  EXPECT_FALSE(destination.codec);
  EXPECT_TRUE(destination.enable_idempotence);
  EXPECT_EQ(destination.max_in_flight, std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(loaded.config.partitioning, Partitioning::kAuto);
  EXPECT_TRUE(loaded.config.coalesce);
  EXPECT_EQ(loaded.config.memory_bytes, 32u << 20);
  EXPECT_EQ(loaded.config.batch_memory_bytes, 128u << 20);
  EXPECT_EQ(loaded.config.topics.match("testtopic"), TopicMatch::kYes);
  EXPECT_EQ(loaded.config.offset_commit_interval, milliseconds(60'000));
}

TEST_F(LoadConfig, ReadsEverySetting) {
  inputs.num_streams = 4;
  inputs.offset_commit_interval_ms = 10;
  inputs.until_end = true;
  inputs.settings = {"threads=2",
                     "memory=64m",
                     "batch.memory=1g",
                     "topic.prefix=a.",
                     "destination.partitions=12",
                     "coalesce=off"};
  LoadedConfig loaded = load(
      "bootstrap.servers = s1:1, [::1]:2,,s1:1\ngroup.id=g\nclient.id=ignored\n"
      "auto.offset.reset=latest\nisolation.level=read_uncommitted\nfetch.min.bytes=2\n"
      "fetch.max.bytes=3\nmax.partition.fetch.bytes=4\nfetch.max.wait.ms=5\n"
      "request.timeout.ms=6\nmetadata.max.age.ms=9223372036854775807\n"
      "retry.backoff.ms=5000\nsocket.connection.setup.timeout.ms=7\n",
      "bootstrap.servers=d:1\nclient.id=me\ncompression.type=zstd\ncompression.zstd.level=-5\n"
      "compression.gzip.level=9\nenable.idempotence=false\nmax.request.size=9\n"
      "partitioning=identity\ndestination.replication.factor=3\n");
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const SourceConfig& source = loaded.config.source;
  EXPECT_THAT(source.client.bootstrap_servers,
              ElementsAre(net::HostPort{"s1", 1}, net::HostPort{"::1", 2}));
  EXPECT_EQ(source.client.client_id, "g");
  EXPECT_EQ(source.auto_offset_reset, OffsetReset::kLatest);
  EXPECT_TRUE(source.auto_offset_reset_given);
  EXPECT_FALSE(source.read_committed);
  EXPECT_TRUE(source.isolation_level_given);
  EXPECT_EQ(source.fetch_min_bytes, 2);
  EXPECT_EQ(source.fetch_max_bytes, 3);
  EXPECT_EQ(source.max_partition_fetch_bytes, 4);
  EXPECT_EQ(source.fetch_max_wait, milliseconds(5));
  EXPECT_EQ(source.client.request_timeout, milliseconds(6));
  EXPECT_EQ(source.client.connect_timeout, milliseconds(7));
  EXPECT_EQ(source.client.metadata_max_age, milliseconds(2'147'483'647));
  EXPECT_EQ(source.client.retry_backoff_max, milliseconds(5'000));
  const DestinationConfig& destination = loaded.config.destination;
  EXPECT_EQ(destination.client.client_id, "me");
  EXPECT_EQ(destination.codec, compression::Codec::kZstd);
  EXPECT_EQ(destination.compression_level, -5);
  EXPECT_FALSE(destination.enable_idempotence);
  EXPECT_EQ(destination.max_in_flight, 1);
  EXPECT_EQ(destination.max_request_size, 9);
  const MirrorConfig& config = loaded.config;
  EXPECT_EQ(config.partitioning, Partitioning::kIdentity);
  EXPECT_EQ(config.threads, 2);
  EXPECT_EQ(config.memory_bytes, 64u << 20);
  EXPECT_EQ(config.batch_memory_bytes, 1u << 30);
  EXPECT_FALSE(config.coalesce);
  EXPECT_EQ(config.topic_prefix, "a.");
  EXPECT_EQ(config.destination_partitions, 12);
  EXPECT_EQ(config.destination_replication_factor, 3);
  EXPECT_EQ(config.num_streams, 4);
  EXPECT_EQ(config.offset_commit_interval, milliseconds(10));
  EXPECT_TRUE(config.until_end);
}

TEST_F(LoadConfig, ReadsTheOldConsumersAndProducersKeys) {
  LoadedConfig loaded = load(
      "zookeeper.connect=z1:1,z2/kafka\ngroup.id=g\nauto.offset.reset=smallest\n"
      "socket.timeout.ms=1\nfetch.message.max.bytes=2\nfetch.wait.max.ms=3\n"
      "zookeeper.session.timeout.ms=4\n",
      "metadata.broker.list=d:1\ncompression.codec=2\nrequest.required.acks=-1\n");
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const SourceConfig& source = loaded.config.source;
  EXPECT_THAT(source.client.bootstrap_servers, IsEmpty());
  EXPECT_EQ(source.zookeeper, (net::ZookeeperConnect{{{"z1", 1}, {"z2", 2181}}, "/kafka"}));
  EXPECT_EQ(source.zookeeper_timeout, milliseconds(4));
  EXPECT_EQ(source.auto_offset_reset, OffsetReset::kEarliest);
  EXPECT_EQ(source.client.request_timeout, milliseconds(1));
  EXPECT_EQ(source.max_partition_fetch_bytes, 2);
  EXPECT_EQ(source.fetch_max_wait, milliseconds(3));
  EXPECT_EQ(loaded.config.destination.codec, compression::Codec::kSnappy);
  EXPECT_THAT(loaded.config.destination.client.bootstrap_servers,
              ElementsAre(net::HostPort{"d", 1}));
}

// It is the old consumer's, so nobody has looked at its value.
TEST_F(LoadConfig, AKeyOfTheOtherSideHasNoEffect) {
  const LoadedConfig loaded = load(kConsumer, plus(kProducer, "socket.timeout.ms=\n"));
  EXPECT_THAT(loaded.warnings,
              ElementsAre(HasSubstr("socket.timeout.ms is a key of the consumer")));
  EXPECT_EQ(loaded.config.destination.client.request_timeout, milliseconds(30'000));
}

TEST_F(LoadConfig, FetchSizesOfZeroMeanOneBatchAtATime) {
  const LoadedConfig loaded =
      load(plus(kConsumer, "fetch.max.bytes=0\nmax.partition.fetch.bytes=0\n"), kProducer);
  EXPECT_EQ(loaded.config.source.fetch_max_bytes, 1);
  EXPECT_EQ(loaded.config.source.max_partition_fetch_bytes, 1);
}

TEST_F(LoadConfig, NotesWhatIsReplacedAndWhatHasNoEffect) {
  const LoadedConfig loaded = load(plus(kConsumer, "client.id=me\nmax.poll.records=5\n"),
                                   plus(kProducer, "client.id=me\nlinger.ms=5\n"));
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_THAT(loaded.notes,
              ElementsAre(AllOf(HasSubstr("c:3: client.id=me is replaced by <group.id>-")),
                          AllOf(HasSubstr("keys that have no effect here: max.poll.records ("),
                                HasSubstr("c:4), linger.ms ("), HasSubstr("p:3)."))));
}

TEST_F(LoadConfig, CompressionTypes) {
  struct Case {
    std::string_view text;
    std::optional<compression::Codec> codec;
    std::optional<int> level;
  };
  const Case cases[] = {
      {"", {}, {}},
      {"compression.type=producer\ncompression.gzip.level=3\n", {}, {}},
      {"compression.type=none\n", compression::Codec::kNone, {}},
      {"compression.type=GZIP\ncompression.gzip.level=3\n", compression::Codec::kGzip, 3},
      {"compression.type=gzip\ncompression.gzip.level=-1\n", compression::Codec::kGzip, {}},
      {"compression.type=snappy\ncompression.gzip.level=3\n", compression::Codec::kSnappy, {}},
      {"compression.type=lz4\ncompression.lz4.level=17\n", compression::Codec::kLz4, 17},
      {"compression.type=zstd\n", compression::Codec::kZstd, {}},
  };
  for (const Case& c : cases) {
    DestinationConfig destination = load(kConsumer, plus(kProducer, c.text)).config.destination;
    EXPECT_EQ(destination.codec, c.codec) << c.text;
    EXPECT_EQ(destination.compression_level, c.level) << c.text;
  }
}

TEST_F(LoadConfig, RequestsInFlightKeepTheOrder) {
  struct Case {
    std::string_view text;
    int in_flight;
    std::vector<std::string> warnings;
  };
  const Case cases[] = {
      {"max.in.flight.requests.per.connection=1\n", 1, {}},
      {"max.in.flight.requests.per.connection=5\n", 5, {}},
      {"max.in.flight.requests.per.connection=6\n", 6, {}},
      {"max.in.flight.requests.per.connection=5\nenable.idempotence=false\n",
       1,
       {"max.in.flight.requests.per.connection=5 is not followed: 1 keeps the order of records "
        "without idempotence."}},
  };
  for (const Case& c : cases) {
    LoadedConfig loaded = load(kConsumer, plus(kProducer, c.text));
    EXPECT_EQ(loaded.config.destination.max_in_flight, c.in_flight) << c.text;
    ASSERT_EQ(loaded.warnings.size(), c.warnings.size()) << c.text;
    for (std::size_t i = 0; i < c.warnings.size(); ++i) {
      EXPECT_THAT(loaded.warnings[i], HasSubstr("p:2: " + c.warnings[i]));
    }
  }
}

TEST_F(LoadConfig, MetadataIsNotAskedForWithoutAPause) {
  LoadedConfig loaded = load(plus(kConsumer, "metadata.max.age.ms=0\n"), kProducer);
  EXPECT_EQ(loaded.config.source.client.metadata_max_age, milliseconds(100));
}

TEST_F(LoadConfig, ErrorsNameFileLineAndKey) {
  struct Case {
    std::string_view consumer, producer, error;
  };
  const Case cases[] = {
      {"group.id=g\n", kProducer,
       "c: bootstrap.servers is missing: it names brokers of the source, as host:port."},
      {"group.id=g\nbootstrap.servers= \n", kProducer,
       "c: bootstrap.servers is missing: it names brokers of the source, as host:port."},
      {"bootstrap.servers=s:1\n", kProducer,
       "c: group.id is missing: the mirror keeps its progress in that consumer group."},
      {"bootstrap.servers=s:1\ngroup.id=\n", kProducer,
       "c: group.id is missing: the mirror keeps its progress in that consumer group."},
      {kConsumer, "acks=all\n",
       "p: bootstrap.servers is missing: it names brokers of the destination, as host:port."},
      {"group.id=g\nbootstrap.servers=a:1,b\n", kProducer,
       "c:2: bootstrap.servers=a:1,b is wrong: it must be host:port, or several with commas."},
      {"group.id=g\nzookeeper.connect=a:x\n", kProducer,
       "c:2: zookeeper.connect=a:x is wrong: it must be host:port, or several with commas, then "
       "/chroot if any."},
      {"group.id=g\nzookeeper.connect=a\nbootstrap.servers=b:1\n", kProducer,
       "c:2: zookeeper.connect contradicts bootstrap.servers at c:3: give only one."},
      {"group.id=g\nb=\\u1\n", kProducer,
       "c:2: malformed \\u escape: it takes four hexadecimal digits (a backslash itself is written "
       "\\\\)"},
      {kConsumer, "bootstrap.servers=d:1\nfetch.min.bytes=1\nacks=2\n",
       "p:3: acks=2 is wrong: it must be all, -1, 0 or 1."},
      {kConsumer, "bootstrap.servers=d:1\ncompression.type=brotli\n",
       "p:2: compression.type=brotli is wrong: it must be producer, none, gzip, snappy, lz4 or "
       "zstd."},
      {kConsumer, "bootstrap.servers=d:1\ntopic.prefix=a b\n",
       "p:2: topic.prefix=a b is wrong: it must be letters, digits, '.', '_' and '-', and leave "
       "room for a name."},
  };
  for (const Case& c : cases) EXPECT_EQ(error(c.consumer, c.producer), c.error);
}

TEST_F(LoadConfig, OneKeyMayStandInSeveralPlacesWithOneValueOnly) {
  std::string consumer = plus(kConsumer, "partitioning=key\n");
  EXPECT_EQ(load(consumer, plus(kProducer, "partitioning= key\n")).config.partitioning,
            Partitioning::kKey);
  EXPECT_EQ(error(consumer, plus(kProducer, "partitioning=identity\n")),
            "p:2: partitioning=identity contradicts partitioning=key at c:3.");
  inputs.settings = {"partitioning=auto"};
  EXPECT_EQ(error(consumer, kProducer),
            "--set: partitioning=auto contradicts partitioning=key at c:3.");
  inputs.settings = {"threads=1", "threads=2"};
  EXPECT_EQ(error(kConsumer, kProducer), "--set: threads=2 contradicts threads=1 at --set.");
}

TEST_F(LoadConfig, SettingsOfTheCommandLine) {
  inputs.settings = {"partitionin=key"};
  EXPECT_THAT(load(kConsumer, kProducer).warnings,
              ElementsAre("--set: partitionin is not a known key and has no effect; the nearest "
                          "one is partitioning."));
  struct Case {
    std::string setting;
    std::string_view error;
  };
  const Case cases[] = {
      {"threads", "--set threads: it takes key=value."},
      {"=1", "--set =1: it takes key=value."},
      {"threads=many", "--set: threads=many is wrong: it must be a whole number from 0 to 1024."},
      {"memory=1",
       "--set: memory=1 is wrong: it must be a number of bytes from 1048576 to "
       "1099511627776, or one with k, m or g as 64m."},
      {"linger.ms=1",
       "--set linger.ms: it is a key of Kafka's and belongs in the file of "
       "--consumer.config or --producer.config."},
  };
  for (const Case& c : cases) {
    inputs.settings = {c.setting};
    EXPECT_EQ(error(kConsumer, kProducer), c.error);
  }
}

TEST_F(LoadConfig, FlagsAreCheckedToo) {
  inputs.include = "a(";
  EXPECT_THAT(error(kConsumer, kProducer), HasSubstr("the topic regex a( does not compile"));
  inputs.include = "a";
  inputs.consumer_config = "/no/such/file";
  ConfigResult<LoadedConfig> loaded = load_mirror_config(inputs);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().text, "cannot read /no/such/file: No such file or directory");
}

}  // namespace
}  // namespace kmirror::mirror
