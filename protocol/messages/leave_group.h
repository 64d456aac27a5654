// LeaveGroup (key 13): a member leaves its group; several members from version 3 on (KIP-345).
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

namespace kmirror::protocol {

struct LeaveGroupResponse;

struct LeaveGroupRequest {
  static constexpr Api kApi{.key = 13, .name = "LeaveGroup", .versions = {0, 5}, .flexible = 4};
  using Response = LeaveGroupResponse;

  struct Member {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id;
    std::optional<std::string_view> reason;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("memberId", m.member_id);
      a.field("groupInstanceId", m.group_instance_id, kNullable);
      a.field("reason", m.reason, since(5) | kNullable | kIgnorable);
    }
  };

  std::string_view group_id;
  std::string_view member_id;
  std::vector<Member> members;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupId", m.group_id);
    a.field("memberId", m.member_id, until(2));
    a.field("members", m.members, since(3));
  }
};

struct LeaveGroupResponse {
  static constexpr Api kApi = LeaveGroupRequest::kApi;

  struct Member {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id = "";
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("memberId", m.member_id);
      a.field("groupInstanceId", m.group_instance_id, kNullable);
      a.field("errorCode", m.error_code);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Member> members;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("errorCode", m.error_code);
    a.field("members", m.members, since(3));
  }
};

}  // namespace kmirror::protocol
