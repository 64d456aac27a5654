// Metadata (key 3): brokers, topics, partitions and their leaders.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct MetadataResponse;

struct MetadataRequest {
  static constexpr Api kApi{.key = 3, .name = "Metadata", .versions = {0, 13}, .flexible = 9};
  using Response = MetadataResponse;

  struct Topic {
    Uuid topic_id;
    std::optional<std::string_view> name = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("topicId", m.topic_id, since(10) | kIgnorable);
      a.field("name", m.name, nullable_since(10));
    }
  };

  // Null: all topics, from version 1 on; version 0 has empty for that.
  std::optional<std::vector<Topic>> topics{std::in_place};
  bool allow_auto_topic_creation = true;
  bool include_cluster_authorized_operations = false;
  bool include_topic_authorized_operations = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("topics", m.topics, nullable_since(1));
    a.field("allowAutoTopicCreation", m.allow_auto_topic_creation, since(4));
    a.field("includeClusterAuthorizedOperations", m.include_cluster_authorized_operations,
            since(8) | until(10));
    a.field("includeTopicAuthorizedOperations", m.include_topic_authorized_operations, since(8));
  }
};

struct MetadataResponse {
  static constexpr Api kApi = MetadataRequest::kApi;

  struct Broker {
    std::int32_t node_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    std::optional<std::string_view> rack;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("nodeId", m.node_id);
      a.field("host", m.host);
      a.field("port", m.port);
      a.field("rack", m.rack, since(1) | kNullable | kIgnorable);
    }
  };

  struct Partition {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition_index = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = -1;
    std::vector<std::int32_t> replica_nodes;
    std::vector<std::int32_t> isr_nodes;
    std::vector<std::int32_t> offline_replicas;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("partitionIndex", m.partition_index);
      a.field("leaderId", m.leader_id);
      a.field("leaderEpoch", m.leader_epoch, since(7) | kIgnorable);
      a.field("replicaNodes", m.replica_nodes);
      a.field("isrNodes", m.isr_nodes);
      a.field("offlineReplicas", m.offline_replicas, since(5) | kIgnorable);
    }
  };

  struct Topic {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> name = "";
    Uuid topic_id;
    bool is_internal = false;
    std::vector<Partition> partitions;
    std::int32_t topic_authorized_operations = std::numeric_limits<std::int32_t>::min();
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("name", m.name, nullable_since(12));
      a.field("topicId", m.topic_id, since(10) | kIgnorable);
      a.field("isInternal", m.is_internal, since(1) | kIgnorable);
      a.field("partitions", m.partitions);
      a.field("topicAuthorizedOperations", m.topic_authorized_operations, since(8));
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Broker> brokers;
  std::optional<std::string_view> cluster_id;
  std::int32_t controller_id = -1;
  std::vector<Topic> topics;
  std::int32_t cluster_authorized_operations = std::numeric_limits<std::int32_t>::min();
  ErrorCode error_code = ErrorCode::kNone;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(3) | kIgnorable);
    a.field("brokers", m.brokers);
    a.field("clusterId", m.cluster_id, since(2) | kNullable | kIgnorable);
    a.field("controllerId", m.controller_id, since(1) | kIgnorable);
    a.field("topics", m.topics);
    a.field("clusterAuthorizedOperations", m.cluster_authorized_operations, since(8) | until(10));
    a.field("errorCode", m.error_code, since(13) | kIgnorable);
  }
};

}  // namespace kmirror::protocol
