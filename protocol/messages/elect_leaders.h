// ElectLeaders (key 43): elects leaders of partitions; version 0 is the ElectPreferredLeaders of
// Kafka 2.2.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct ElectLeadersResponse;

struct ElectLeadersRequest {
  static constexpr Api kApi{.key = 43, .name = "ElectLeaders", .versions = {0, 2}, .flexible = 2};
  using Response = ElectLeadersResponse;

  // 0: the preferred replica, 1: one out of sync if need be (KIP-460).
  std::int8_t election_type = 0;
  // Null: all partitions.
  std::optional<std::vector<TopicPartitions>> topic_partitions{std::in_place};
  std::int32_t timeout_ms = 60000;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("electionType", m.election_type, since(1));
    a.field("topicPartitions", m.topic_partitions, kNullable);
    a.field("timeoutMs", m.timeout_ms);
  }
};

struct ElectLeadersResponse {
  static constexpr Api kApi = ElectLeadersRequest::kApi;

  struct PartitionResult {
    std::int32_t partition_id = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionId", m.partition_id);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
    }
  };

  struct ReplicaElectionResult {
    std::string_view topic;
    std::vector<PartitionResult> partition_result;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("topic", m.topic);
      a.field("partitionResult", m.partition_result);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ReplicaElectionResult> replica_election_results;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code, since(1));
    a.field("replicaElectionResults", m.replica_election_results);
  }
};

}  // namespace kmirror::protocol
