// SyncGroup (key 14): hands out the assignment that the leader of a group has made.
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

struct SyncGroupResponse;

struct SyncGroupRequest {
  static constexpr Api kApi{.key = 14, .name = "SyncGroup", .versions = {0, 5}, .flexible = 4};
  using Response = SyncGroupResponse;

  struct Assignment {
    std::string_view member_id;
    // Of consumers, a ConsumerProtocolAssignment behind its version.
    ConstBytes assignment;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("memberId", m.member_id);
      a.field("assignment", m.assignment);
    }
  };

  std::string_view group_id;
  std::int32_t generation_id = 0;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  // Must be those that the broker knows (KIP-559).
  std::optional<std::string_view> protocol_type;
  std::optional<std::string_view> protocol_name;
  // From the leader alone.
  std::vector<Assignment> assignments;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupId", m.group_id);
    a.field("generationId", m.generation_id);
    a.field("memberId", m.member_id);
    a.field("groupInstanceId", m.group_instance_id, since(3) | kNullable);
    a.field("protocolType", m.protocol_type, since(5) | kNullable | kIgnorable);
    a.field("protocolName", m.protocol_name, since(5) | kNullable | kIgnorable);
    a.field("assignments", m.assignments);
  }
};

struct SyncGroupResponse {
  static constexpr Api kApi = SyncGroupRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> protocol_type;
  std::optional<std::string_view> protocol_name;
  ConstBytes assignment;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("errorCode", m.error_code);
    a.field("protocolType", m.protocol_type, since(5) | kNullable | kIgnorable);
    a.field("protocolName", m.protocol_name, since(5) | kNullable | kIgnorable);
    a.field("assignment", m.assignment);
  }
};

}  // namespace kmirror::protocol
