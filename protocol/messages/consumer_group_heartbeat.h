// ConsumerGroupHeartbeat (key 68): membership of a group whose assignment the broker makes
// (KIP-848).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct ConsumerGroupHeartbeatResponse;

// What has not changed since the last heartbeat may be left null, or -1. From version 1 on the
// member makes its own id (KIP-1082).
struct ConsumerGroupHeartbeatRequest {
  static constexpr Api kApi{
      .key = 68, .name = "ConsumerGroupHeartbeat", .versions = {0, 1}, .flexible = 0};
  using Response = ConsumerGroupHeartbeatResponse;

  struct TopicPartitions {
    Uuid topic_id;
    std::vector<std::int32_t> partitions;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("topicId", m.topic_id);
      a.field("partitions", m.partitions);
    }
  };

  std::string_view group_id;
  std::string_view member_id;
  // 0: joins, -1: leaves, -2: a static member leaves for a while.
  std::int32_t member_epoch = 0;
  std::optional<std::string_view> instance_id;
  std::optional<std::string_view> rack_id;
  std::int32_t rebalance_timeout_ms = -1;
  std::optional<std::vector<std::string_view>> subscribed_topic_names;
  std::optional<std::string_view> subscribed_topic_regex;
  std::optional<std::string_view> server_assignor;
  // Those that the member owns.
  std::optional<std::vector<TopicPartitions>> topic_partitions;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupId", m.group_id);
    a.field("memberId", m.member_id);
    a.field("memberEpoch", m.member_epoch);
    a.field("instanceId", m.instance_id, kNullable);
    a.field("rackId", m.rack_id, kNullable);
    a.field("rebalanceTimeoutMs", m.rebalance_timeout_ms);
    a.field("subscribedTopicNames", m.subscribed_topic_names, kNullable);
    a.field("subscribedTopicRegex", m.subscribed_topic_regex, since(1) | kNullable);
    a.field("serverAssignor", m.server_assignor, kNullable);
    a.field("topicPartitions", m.topic_partitions, kNullable);
  }
};

struct ConsumerGroupHeartbeatResponse {
  static constexpr Api kApi = ConsumerGroupHeartbeatRequest::kApi;

  struct Assignment {
    std::vector<ConsumerGroupHeartbeatRequest::TopicPartitions> topic_partitions;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) { a.field("topicPartitions", m.topic_partitions); }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message;
  std::optional<std::string_view> member_id;
  std::int32_t member_epoch = 0;
  std::int32_t heartbeat_interval_ms = 0;
  // Null: as before.
  std::optional<Assignment> assignment;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("errorMessage", m.error_message, kNullable);
    a.field("memberId", m.member_id, kNullable);
    a.field("memberEpoch", m.member_epoch);
    a.field("heartbeatIntervalMs", m.heartbeat_interval_ms);
    a.field("assignment", m.assignment, kNullable);
  }
};

}  // namespace kmirror::protocol
