// Everything a mirror needs to know, resolved from consumer.properties, producer.properties, the
// command line and --set. A plain value: made once at start by load_mirror_config, then only read.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "compression/codec.h"
#include "mirror/config/topic_filter.h"
#include "net/host_port.h"
#include "net/zookeeper/connect_string.h"

namespace kmirror::mirror {

using std::chrono::milliseconds;

// What both sides have: Kafka's common client keys, named as Kafka names them.
struct ClientConfig {
  std::vector<net::HostPort> bootstrap_servers;  // empty only with zookeeper.connect
  std::string client_id;
  milliseconds request_timeout{30'000};
  milliseconds connect_timeout{10'000};  // socket.connection.setup.timeout.ms
  milliseconds metadata_max_age{300'000};
  milliseconds retry_backoff{100};
  milliseconds retry_backoff_max{1'000};
  milliseconds reconnect_backoff{50};
  milliseconds reconnect_backoff_max{1'000};
};

enum class OffsetReset { kEarliest, kLatest, kNone };

struct SourceConfig {
  ClientConfig client;
  std::optional<net::ZookeeperConnect> zookeeper;
  milliseconds zookeeper_timeout{6'000};  // zookeeper.connection.timeout.ms
  std::string group_id;                   // never empty
  OffsetReset auto_offset_reset = OffsetReset::kEarliest;
  bool auto_offset_reset_given = false;  // else the start-up line says what MirrorMaker did
  bool read_committed = true;
  bool isolation_level_given = false;
  std::int32_t fetch_min_bytes = 1;
  std::int32_t fetch_max_bytes = 50 * 1024 * 1024;
  std::int32_t max_partition_fetch_bytes = 1024 * 1024;
  milliseconds fetch_max_wait{500};
};

struct DestinationConfig {
  ClientConfig client;
  std::optional<compression::Codec> codec;  // compression.type; empty: each batch keeps its own
  std::optional<int> compression_level;     // compression.<codec>.level of that codec
  bool enable_idempotence = true;
  // Batches a partition, as far as it pays; 1 without idempotence.
  std::int32_t max_in_flight = std::numeric_limits<std::int32_t>::max();
  std::int32_t max_request_size = 1024 * 1024;
};

enum class Partitioning { kAuto, kIdentity, kKey };

struct MirrorConfig {
  SourceConfig source;
  DestinationConfig destination;

  TopicFilter topics;        // --include or --whitelist
  std::string topic_prefix;  // topic.prefix: put before each topic's name at the destination
  std::optional<std::int32_t> destination_partitions;  // of topics created; else the source's
  std::optional<std::int16_t> destination_replication_factor;  // else the broker's default

  Partitioning partitioning = Partitioning::kAuto;
  bool coalesce = true;             // small batches of partitions that fall behind
  int threads = 0;                  // shards; 0: one a core
  std::size_t lanes_together = 16;  // whose batches pass through, on one shard before the next
  std::size_t memory_bytes = 32 * 1024 * 1024;
  std::size_t batch_memory_bytes = 128 * 1024 * 1024;  // of one that is opened

  int num_streams = 1;
  milliseconds offset_commit_interval{60'000};
  bool until_end = false;
};

}  // namespace kmirror::mirror
