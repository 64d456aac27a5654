// What coordinators of groups keep in __consumer_offsets. An int16 precedes each key and value, the
// version of what follows. Of a key it also says which kind: 0 and 1 an offset, 2 a group; others
// belong to groups of the new protocols. Kafka 4.0 calls it a record type, and has the keys'
// schemas as version 0 of each. A record without a value deletes. Views over the record; plain
// values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/api.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct OffsetCommitKey {
  static constexpr Api kApi{.key = kNoKey, .name = "OffsetCommitKey", .versions = {0, 1}};

  std::string_view group;
  std::string_view topic;
  std::int32_t partition = 0;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("group", m.group);
    a.field("topic", m.topic);
    a.field("partition", m.partition);
  }
};

struct OffsetCommitValue {
  static constexpr Api kApi{
      .key = kNoKey, .name = "OffsetCommitValue", .versions = {0, 4}, .flexible = 4};

  std::int64_t offset = 0;
  std::int32_t leader_epoch = -1;
  std::string_view metadata;
  std::int64_t commit_timestamp = 0;
  std::int64_t expire_timestamp = -1;
  // Since 4.1.
  Uuid topic_id;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("offset", m.offset);
    a.field("leaderEpoch", m.leader_epoch, since(3) | kIgnorable);
    a.field("metadata", m.metadata);
    a.field("commitTimestamp", m.commit_timestamp);
    a.field("expireTimestamp", m.expire_timestamp, since(1) | until(1) | kIgnorable);
    a.field("topicId", m.topic_id, since(4) | tagged(0) | kIgnorable);
  }
};

struct GroupMetadataKey {
  static constexpr Api kApi{.key = kNoKey, .name = "GroupMetadataKey", .versions = {2, 2}};

  std::string_view group;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("group", m.group); }
};

struct GroupMetadataValue {
  static constexpr Api kApi{
      .key = kNoKey, .name = "GroupMetadataValue", .versions = {0, 4}, .flexible = 4};

  struct Member {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id;
    std::string_view client_id;
    std::string_view client_host;
    std::int32_t rebalance_timeout = -1;
    std::int32_t session_timeout = 0;
    ConstBytes subscription;
    ConstBytes assignment;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("memberId", m.member_id);
      a.field("groupInstanceId", m.group_instance_id, since(3) | kNullable | kIgnorable);
      a.field("clientId", m.client_id);
      a.field("clientHost", m.client_host);
      a.field("rebalanceTimeout", m.rebalance_timeout, since(1) | kIgnorable);
      a.field("sessionTimeout", m.session_timeout);
      a.field("subscription", m.subscription);
      a.field("assignment", m.assignment);
    }
  };

  std::string_view protocol_type;
  std::int32_t generation = 0;
  std::optional<std::string_view> protocol = "";
  std::optional<std::string_view> leader = "";
  std::int64_t current_state_timestamp = -1;
  std::vector<Member> members;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("protocolType", m.protocol_type);
    a.field("generation", m.generation);
    a.field("protocol", m.protocol, kNullable);
    a.field("leader", m.leader, kNullable);
    a.field("currentStateTimestamp", m.current_state_timestamp, since(2) | kIgnorable);
    a.field("members", m.members);
  }
};

}  // namespace kmirror::protocol
