// Administration of a cluster: topics, their configurations, and the ends of their partitions.
//
// Each function is one call that tries again after lost connections and retriable errors, until
// cluster.call_deadline() as of its start. Failures name the broker and the topic. Coroutines of
// the Cluster's executor; the Cluster outlives them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/cluster.h"
#include "net/topic_partition.h"

namespace kmirror::net {

// -1 is the broker's default; brokers before 2.4 cannot be asked for that (KIP-464), so there the
// default is read from the controller's configuration first.
struct NewTopic {
  std::string name;
  std::int32_t partitions = -1;
  std::int16_t replication_factor = -1;
  std::vector<std::pair<std::string, std::string>> configs;
};

// Returns once the metadata, which tracks the topic from then on, shows a leader for each
// partition.
Awaitable<Result<void>> create_topic(Cluster& cluster, NewTopic topic, bool exists_is_ok);

// Grows the topic to `count` partitions; succeeds if it has as many already. Returns once the
// metadata, which tracks the topic from then on, shows a leader for each.
Awaitable<Result<void>> create_partitions(Cluster& cluster, std::string topic, std::int32_t count);

Awaitable<Result<void>> delete_topic(Cluster& cluster, std::string topic);

struct TopicConfigEntry {
  std::string value;       // empty for a sensitive one, which brokers do not tell
  bool is_default = true;  // not set on the topic itself
};
using TopicConfigs = std::map<std::string, TopicConfigEntry>;  // by key

// All values in force for the topic.
Awaitable<Result<TopicConfigs>> describe_topic_configs(Cluster& cluster, std::string topic);

// All values in force for the broker, asked of itself, as brokers tell only their own. One try.
Awaitable<Result<TopicConfigs>> describe_broker_configs(Cluster& cluster, std::int32_t broker);

struct ListedOffset {
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1;  // -1 from brokers before 2.1
};

// Values are those of the protocol's timestamp field.
enum class OffsetSpec : std::int64_t { kLatest = -1, kEarliest = -2 };

using ListedOffsets = std::map<TopicPartition, ListedOffset>;

// One answer for each partition. The latest offset is the high watermark, with `read_committed` the
// last stable offset. The metadata tracks the topics from then on.
Awaitable<Result<ListedOffsets>> list_offsets(Cluster& cluster,
                                              std::vector<TopicPartition> partitions,
                                              OffsetSpec spec, bool read_committed);

}  // namespace kmirror::net
