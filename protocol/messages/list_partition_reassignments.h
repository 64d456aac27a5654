// ListPartitionReassignments (key 46): the moves of partitions that are under way (KIP-455).
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

struct ListPartitionReassignmentsResponse;

struct ListPartitionReassignmentsRequest {
  static constexpr Api kApi{
      .key = 46, .name = "ListPartitionReassignments", .versions = {0, 0}, .flexible = 0};
  using Response = ListPartitionReassignmentsResponse;

  using Topic = TopicPartitionIndexes;

  std::int32_t timeout_ms = 60000;
  // Null: all.
  std::optional<std::vector<Topic>> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("timeoutMs", m.timeout_ms);
    a.field("topics", m.topics, kNullable);
  }
};

struct ListPartitionReassignmentsResponse {
  static constexpr Api kApi = ListPartitionReassignmentsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    std::vector<std::int32_t> replicas;
    std::vector<std::int32_t> adding_replicas;
    std::vector<std::int32_t> removing_replicas;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("replicas", m.replicas);
      a.field("addingReplicas", m.adding_replicas);
      a.field("removingReplicas", m.removing_replicas);
    }
  };

  using Topic = TopicOf<Partition>;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message = "";
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("errorMessage", m.error_message, kNullable);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
