// AlterPartitionReassignments (key 45): moves partitions to other brokers, or calls a move off
// (KIP-455).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct AlterPartitionReassignmentsResponse;

struct AlterPartitionReassignmentsRequest {
  static constexpr Api kApi{
      .key = 45, .name = "AlterPartitionReassignments", .versions = {0, 1}, .flexible = 0};
  using Response = AlterPartitionReassignmentsResponse;

  struct Partition {
    std::int32_t partition_index = 0;
    // Null: a move under way is called off.
    std::optional<std::vector<std::int32_t>> replicas;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("replicas", m.replicas, kNullable);
    }
  };

  using Topic = TopicOf<Partition>;

  std::int32_t timeout_ms = 60000;
  // In 4.1 and later; 3.9 knows version 0 alone (KIP-860).
  bool allow_replication_factor_change = true;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("timeoutMs", m.timeout_ms);
    a.field("allowReplicationFactorChange", m.allow_replication_factor_change, since(1));
    a.field("topics", m.topics);
  }
};

struct AlterPartitionReassignmentsResponse {
  static constexpr Api kApi = AlterPartitionReassignmentsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
    }
  };

  using Topic = TopicOf<Partition>;

  std::int32_t throttle_time_ms = 0;
  bool allow_replication_factor_change = true;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message = "";
  std::vector<Topic> responses;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("allowReplicationFactorChange", m.allow_replication_factor_change,
            since(1) | kIgnorable);
    a.field("errorCode", m.error_code);
    a.field("errorMessage", m.error_message, kNullable);
    a.field("responses", m.responses);
  }
};

}  // namespace kmirror::protocol
