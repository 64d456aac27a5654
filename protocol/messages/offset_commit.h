// OffsetCommit (key 8): stores the positions of a group.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct OffsetCommitResponse;

struct OffsetCommitRequest {
  static constexpr Api kApi{
      .key = 8, .name = "OffsetCommit", .versions = {0, 9}, .known_max = 10, .flexible = 8};
  using Response = OffsetCommitResponse;

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::int64_t commit_timestamp = -1;
    std::optional<std::string_view> committed_metadata = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("committedOffset", m.committed_offset);
      a.field("committedLeaderEpoch", m.committed_leader_epoch, since(6) | kIgnorable);
      a.field("commitTimestamp", m.commit_timestamp, since(1) | until(1));
      a.field("committedMetadata", m.committed_metadata, kNullable);
    }
  };

  struct Topic {
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

  std::string_view group_id;
  std::int32_t generation_id_or_member_epoch = -1;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::int64_t retention_time_ms = -1;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupId", m.group_id);
    a.field("generationIdOrMemberEpoch", m.generation_id_or_member_epoch, since(1) | kIgnorable);
    a.field("memberId", m.member_id, since(1) | kIgnorable);
    a.field("groupInstanceId", m.group_instance_id, since(7) | kNullable);
    a.field("retentionTimeMs", m.retention_time_ms, since(2) | until(4) | kIgnorable);
    a.field("topics", m.topics);
  }
};

struct OffsetCommitResponse {
  static constexpr Api kApi = OffsetCommitRequest::kApi;

  struct Topic {
    std::string_view name;
    Uuid topic_id;
    std::vector<PartitionResult> partitions;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name, until(9) | kIgnorable);
      a.field("topicId", m.topic_id, since(10) | kIgnorable);
      a.field("partitions", m.partitions);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(3) | kIgnorable);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
