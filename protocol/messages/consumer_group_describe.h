// ConsumerGroupDescribe (key 69): state and members of groups whose assignment the broker makes
// (KIP-848).
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

struct ConsumerGroupDescribeResponse;

struct ConsumerGroupDescribeRequest {
  static constexpr Api kApi{
      .key = 69, .name = "ConsumerGroupDescribe", .versions = {0, 1}, .flexible = 0};
  using Response = ConsumerGroupDescribeResponse;

  std::vector<std::string_view> group_ids;
  bool include_authorized_operations = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupIds", m.group_ids);
    a.field("includeAuthorizedOperations", m.include_authorized_operations);
  }
};

struct ConsumerGroupDescribeResponse {
  static constexpr Api kApi = ConsumerGroupDescribeRequest::kApi;

  struct TopicPartitions {
    Uuid topic_id;
    std::string_view topic_name;
    std::vector<std::int32_t> partitions;
    TaggedFields unknown_tagged_fields;

    bool operator==(const TopicPartitions&) const = default;

    static void describe(auto& a, auto& m) {
      a.field("topicId", m.topic_id);
      a.field("topicName", m.topic_name);
      a.field("partitions", m.partitions);
    }
  };

  struct Assignment {
    std::vector<TopicPartitions> topic_partitions;
    TaggedFields unknown_tagged_fields;

    bool operator==(const Assignment&) const = default;

    static void describe(auto& a, auto& m) { a.field("topicPartitions", m.topic_partitions); }
  };

  struct Member {
    std::string_view member_id;
    std::optional<std::string_view> instance_id;
    std::optional<std::string_view> rack_id;
    std::int32_t member_epoch = 0;
    std::string_view client_id;
    std::string_view client_host;
    std::vector<std::string_view> subscribed_topic_names;
    std::optional<std::string_view> subscribed_topic_regex;
    Assignment assignment;
    Assignment target_assignment;
    // -1: unknown, 0: of the classic protocol, 1: of the new one (KIP-1099).
    std::int8_t member_type = -1;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("memberId", m.member_id);
      a.field("instanceId", m.instance_id, kNullable);
      a.field("rackId", m.rack_id, kNullable);
      a.field("memberEpoch", m.member_epoch);
      a.field("clientId", m.client_id);
      a.field("clientHost", m.client_host);
      a.field("subscribedTopicNames", m.subscribed_topic_names);
      a.field("subscribedTopicRegex", m.subscribed_topic_regex, kNullable);
      a.field("assignment", m.assignment);
      a.field("targetAssignment", m.target_assignment);
      a.field("memberType", m.member_type, since(1) | kIgnorable);
    }
  };

  struct Group {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message;
    std::string_view group_id;
    std::string_view group_state;
    std::int32_t group_epoch = 0;
    std::int32_t assignment_epoch = 0;
    std::string_view assignor_name;
    std::vector<Member> members;
    std::int32_t authorized_operations = std::numeric_limits<std::int32_t>::min();
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
      a.field("groupId", m.group_id);
      a.field("groupState", m.group_state);
      a.field("groupEpoch", m.group_epoch);
      a.field("assignmentEpoch", m.assignment_epoch);
      a.field("assignorName", m.assignor_name);
      a.field("members", m.members);
      a.field("authorizedOperations", m.authorized_operations);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Group> groups;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("groups", m.groups);
  }
};

}  // namespace kmirror::protocol
