// Fetch (key 1): reads batches of partitions. The records are views into the frame.
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
#include "protocol/messages/common.h"
#include "protocol/wire/records_view.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct FetchResponse;

struct FetchRequest {
  static constexpr Api kApi{.key = 1, .name = "Fetch", .versions = {0, 18}, .flexible = 12};
  using Response = FetchResponse;

  struct ReplicaState {
    std::int32_t replica_id = -1;
    std::int64_t replica_epoch = -1;
    TaggedFields unknown_tagged_fields;

    bool operator==(const ReplicaState&) const = default;

    static void describe(auto& a, auto& m) {
      a.field("replicaId", m.replica_id);
      a.field("replicaEpoch", m.replica_epoch);
    }
  };

  struct Partition {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = -1;
    std::int64_t fetch_offset = 0;
    std::int32_t last_fetched_epoch = -1;
    std::int64_t log_start_offset = -1;
    std::int32_t partition_max_bytes = 0;
    Uuid replica_directory_id;
    std::int64_t high_watermark = std::numeric_limits<std::int64_t>::max();
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partition", m.partition);
      a.field("currentLeaderEpoch", m.current_leader_epoch, since(9) | kIgnorable);
      a.field("fetchOffset", m.fetch_offset);
      a.field("lastFetchedEpoch", m.last_fetched_epoch, since(12));
      a.field("logStartOffset", m.log_start_offset, since(5) | kIgnorable);
      a.field("partitionMaxBytes", m.partition_max_bytes);
      a.field("replicaDirectoryId", m.replica_directory_id, since(17) | tagged(0) | kIgnorable);
      a.field("highWatermark", m.high_watermark, since(18) | tagged(1) | kIgnorable);
    }
  };

  struct Topic {
    std::string_view topic;
    Uuid topic_id;
    std::vector<Partition> partitions;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("topic", m.topic, until(12) | kIgnorable);
      a.field("topicId", m.topic_id, since(13) | kIgnorable);
      a.field("partitions", m.partitions);
    }
  };

  struct ForgottenTopic {
    std::string_view topic;
    Uuid topic_id;
    std::vector<std::int32_t> partitions;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("topic", m.topic, until(12) | kIgnorable);
      a.field("topicId", m.topic_id, since(13) | kIgnorable);
      a.field("partitions", m.partitions);
    }
  };

  std::optional<std::string_view> cluster_id;
  std::int32_t replica_id = -1;
  ReplicaState replica_state;
  std::int32_t max_wait_ms = 0;
  std::int32_t min_bytes = 0;
  std::int32_t max_bytes = 0x7fffffff;
  // 0: read_uncommitted, 1: read_committed.
  std::int8_t isolation_level = 0;
  std::int32_t session_id = 0;
  std::int32_t session_epoch = -1;
  std::vector<Topic> topics;
  std::vector<ForgottenTopic> forgotten_topics_data;
  std::string_view rack_id;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("clusterId", m.cluster_id, since(12) | kNullable | tagged(0) | kIgnorable);
    a.field("replicaId", m.replica_id, until(14));
    a.field("replicaState", m.replica_state, since(15) | tagged(1));
    a.field("maxWaitMs", m.max_wait_ms);
    a.field("minBytes", m.min_bytes);
    a.field("maxBytes", m.max_bytes, since(3) | kIgnorable);
    a.field("isolationLevel", m.isolation_level, since(4) | kIgnorable);
    a.field("sessionId", m.session_id, since(7) | kIgnorable);
    a.field("sessionEpoch", m.session_epoch, since(7) | kIgnorable);
    a.field("topics", m.topics);
    a.field("forgottenTopicsData", m.forgotten_topics_data, since(7));
    a.field("rackId", m.rack_id, since(11) | kIgnorable);
  }
};

struct FetchResponse {
  static constexpr Api kApi = FetchRequest::kApi;

  struct EpochEndOffset {
    std::int32_t epoch = -1;
    std::int64_t end_offset = -1;
    TaggedFields unknown_tagged_fields;

    bool operator==(const EpochEndOffset&) const = default;

    static void describe(auto& a, auto& m) {
      a.field("epoch", m.epoch);
      a.field("endOffset", m.end_offset);
    }
  };

  struct SnapshotId {
    std::int64_t end_offset = -1;
    std::int32_t epoch = -1;
    TaggedFields unknown_tagged_fields;

    bool operator==(const SnapshotId&) const = default;

    static void describe(auto& a, auto& m) {
      a.field("endOffset", m.end_offset);
      a.field("epoch", m.epoch);
    }
  };

  struct AbortedTransaction {
    std::int64_t producer_id = 0;
    std::int64_t first_offset = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("producerId", m.producer_id);
      a.field("firstOffset", m.first_offset);
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int64_t high_watermark = 0;
    std::int64_t last_stable_offset = -1;
    std::int64_t log_start_offset = -1;
    EpochEndOffset diverging_epoch;
    LeaderIdAndEpoch current_leader;
    SnapshotId snapshot_id;
    std::optional<std::vector<AbortedTransaction>> aborted_transactions{std::in_place};
    std::int32_t preferred_read_replica = -1;
    std::optional<RecordsView> records;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("errorCode", m.error_code);
      a.field("highWatermark", m.high_watermark);
      a.field("lastStableOffset", m.last_stable_offset, since(4) | kIgnorable);
      a.field("logStartOffset", m.log_start_offset, since(5) | kIgnorable);
      a.field("divergingEpoch", m.diverging_epoch, since(12) | tagged(0));
      a.field("currentLeader", m.current_leader, since(12) | tagged(1));
      a.field("snapshotId", m.snapshot_id, since(12) | tagged(2));
      a.field("abortedTransactions", m.aborted_transactions, since(4) | kNullable | kIgnorable);
      a.field("preferredReadReplica", m.preferred_read_replica, since(11));
      a.field("records", m.records, kNullable);
    }
  };

  struct Topic {
    std::string_view topic;
    Uuid topic_id;
    std::vector<Partition> partitions;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("topic", m.topic, until(12) | kIgnorable);
      a.field("topicId", m.topic_id, since(13) | kIgnorable);
      a.field("partitions", m.partitions);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int32_t session_id = 0;
  std::vector<Topic> responses;
  std::vector<NodeEndpoint> node_endpoints;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("errorCode", m.error_code, since(7) | kIgnorable);
    a.field("sessionId", m.session_id, since(7));
    a.field("responses", m.responses);
    a.field("nodeEndpoints", m.node_endpoints, since(16) | tagged(0));
  }
};

}  // namespace kmirror::protocol
