// JoinGroup (key 11): enters a group and, as its leader, learns of its members.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct JoinGroupResponse;

// From version 4 on a member without an id is given one with MEMBER_ID_REQUIRED and has to join
// again with it (KIP-394).
struct JoinGroupRequest {
  static constexpr Api kApi{.key = 11, .name = "JoinGroup", .versions = {0, 9}, .flexible = 6};
  using Response = JoinGroupResponse;

  struct Protocol {
    std::string_view name;
    // Of consumers, a ConsumerProtocolSubscription behind its version.
    ConstBytes metadata;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("metadata", m.metadata);
    }
  };

  std::string_view group_id;
  std::int32_t session_timeout_ms = 0;
  // Version 0 has the session timeout for this as well.
  std::int32_t rebalance_timeout_ms = -1;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::string_view protocol_type;
  std::vector<Protocol> protocols;
  std::optional<std::string_view> reason;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupId", m.group_id);
    a.field("sessionTimeoutMs", m.session_timeout_ms);
    a.field("rebalanceTimeoutMs", m.rebalance_timeout_ms, since(1) | kIgnorable);
    a.field("memberId", m.member_id);
    a.field("groupInstanceId", m.group_instance_id, since(5) | kNullable);
    a.field("protocolType", m.protocol_type);
    a.field("protocols", m.protocols);
    a.field("reason", m.reason, since(8) | kNullable | kIgnorable);
  }
};

struct JoinGroupResponse {
  static constexpr Api kApi = JoinGroupRequest::kApi;

  struct Member {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id;
    ConstBytes metadata;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("memberId", m.member_id);
      a.field("groupInstanceId", m.group_instance_id, since(5) | kNullable | kIgnorable);
      a.field("metadata", m.metadata);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int32_t generation_id = -1;
  std::optional<std::string_view> protocol_type;
  std::optional<std::string_view> protocol_name = "";
  std::string_view leader;
  // The leader is told to keep the assignment as it is (KIP-814).
  bool skip_assignment = false;
  std::string_view member_id;
  // For the leader alone.
  std::vector<Member> members;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(2) | kIgnorable);
    a.field("errorCode", m.error_code);
    a.field("generationId", m.generation_id);
    a.field("protocolType", m.protocol_type, since(7) | kNullable | kIgnorable);
    a.field("protocolName", m.protocol_name, nullable_since(7));
    a.field("leader", m.leader);
    a.field("skipAssignment", m.skip_assignment, since(9));
    a.field("memberId", m.member_id);
    a.field("members", m.members);
  }
};

}  // namespace kmirror::protocol
