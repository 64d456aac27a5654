// OffsetFetch (key 9): the stored positions of groups; several groups from version 8 on.
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
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct OffsetFetchResponse;

struct OffsetFetchRequest {
  static constexpr Api kApi{
      .key = 9, .name = "OffsetFetch", .versions = {0, 9}, .known_max = 10, .flexible = 6};
  using Response = OffsetFetchResponse;

  using Topic = TopicPartitionIndexes;

  struct GroupTopic {
    std::string_view name;
    Uuid topic_id;
    std::vector<std::int32_t> partition_indexes;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name, until(9) | kIgnorable);
      a.field("topicId", m.topic_id, since(10) | kIgnorable);
      a.field("partitionIndexes", m.partition_indexes);
    }
  };

  struct Group {
    std::string_view group_id;
    std::optional<std::string_view> member_id;
    std::int32_t member_epoch = -1;
    // Null: all topics that have offsets.
    std::optional<std::vector<GroupTopic>> topics{std::in_place};
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("groupId", m.group_id);
      a.field("memberId", m.member_id, since(9) | kNullable | kIgnorable);
      a.field("memberEpoch", m.member_epoch, since(9) | kIgnorable);
      a.field("topics", m.topics, kNullable);
    }
  };

  std::string_view group_id;
  // Null: all topics that have offsets, from version 2 on.
  std::optional<std::vector<Topic>> topics{std::in_place};
  std::vector<Group> groups;
  bool require_stable = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupId", m.group_id, until(7));
    a.field("topics", m.topics, until(7) | nullable_since(2));
    a.field("groups", m.groups, since(8));
    a.field("requireStable", m.require_stable, since(7));
  }
};

struct OffsetFetchResponse {
  static constexpr Api kApi = OffsetFetchRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::optional<std::string_view> metadata = "";
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("committedOffset", m.committed_offset);
      a.field("committedLeaderEpoch", m.committed_leader_epoch, since(5) | kIgnorable);
      a.field("metadata", m.metadata, kNullable);
      a.field("errorCode", m.error_code);
    }
  };

  using Topic = TopicOf<Partition>;

  struct GroupTopic {
    std::string_view name;
    Uuid topic_id;
    std::vector<Partition> partitions;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name, until(9) | kIgnorable);
      a.field("topicId", m.topic_id, since(10) | kIgnorable);
      a.field("partitions", m.partitions);
    }
  };

  struct Group {
    std::string_view group_id;
    std::vector<GroupTopic> topics;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("groupId", m.group_id);
      a.field("topics", m.topics);
      a.field("errorCode", m.error_code);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Group> groups;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(3) | kIgnorable);
    a.field("topics", m.topics, until(7));
    a.field("errorCode", m.error_code, since(2) | until(7) | kIgnorable);
    a.field("groups", m.groups, since(8));
  }
};

}  // namespace kmirror::protocol
