// DescribeTopicPartitions (key 75): topics and their partitions, page by page (KIP-966).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct DescribeTopicPartitionsResponse;

struct DescribeTopicPartitionsRequest {
  static constexpr Api kApi{
      .key = 75, .name = "DescribeTopicPartitions", .versions = {0, 0}, .flexible = 0};
  using Response = DescribeTopicPartitionsResponse;

  struct Topic {
    std::string_view name;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) { a.field("name", m.name); }
  };

  // The first partition of a page.
  struct Cursor {
    std::string_view topic_name;
    std::int32_t partition_index = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("topicName", m.topic_name);
      a.field("partitionIndex", m.partition_index);
    }
  };

  // None: all.
  std::vector<Topic> topics;
  std::int32_t response_partition_limit = 2000;
  // Null: from the beginning.
  std::optional<Cursor> cursor;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("topics", m.topics);
    a.field("responsePartitionLimit", m.response_partition_limit);
    a.field("cursor", m.cursor, kNullable);
  }
};

struct DescribeTopicPartitionsResponse {
  static constexpr Api kApi = DescribeTopicPartitionsRequest::kApi;

  struct Partition {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition_index = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = -1;
    std::vector<std::int32_t> replica_nodes;
    std::vector<std::int32_t> isr_nodes;
    std::optional<std::vector<std::int32_t>> eligible_leader_replicas;
    std::optional<std::vector<std::int32_t>> last_known_elr;
    std::vector<std::int32_t> offline_replicas;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("partitionIndex", m.partition_index);
      a.field("leaderId", m.leader_id);
      a.field("leaderEpoch", m.leader_epoch, kIgnorable);
      a.field("replicaNodes", m.replica_nodes);
      a.field("isrNodes", m.isr_nodes);
      a.field("eligibleLeaderReplicas", m.eligible_leader_replicas, kNullable);
      a.field("lastKnownElr", m.last_known_elr, kNullable);
      a.field("offlineReplicas", m.offline_replicas, kIgnorable);
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
      a.field("name", m.name, kNullable);
      a.field("topicId", m.topic_id, kIgnorable);
      a.field("isInternal", m.is_internal, kIgnorable);
      a.field("partitions", m.partitions);
      a.field("topicAuthorizedOperations", m.topic_authorized_operations);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  // Null: this was the last page.
  std::optional<DescribeTopicPartitionsRequest::Cursor> next_cursor;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, kIgnorable);
    a.field("topics", m.topics);
    a.field("nextCursor", m.next_cursor, kNullable);
  }
};

}  // namespace kmirror::protocol
