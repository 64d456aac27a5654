// Heartbeat (key 12): keeps a member in its group; the answer tells of a rebalance.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct HeartbeatResponse;

struct HeartbeatRequest {
  static constexpr Api kApi{.key = 12, .name = "Heartbeat", .versions = {0, 4}, .flexible = 4};
  using Response = HeartbeatResponse;

  std::string_view group_id;
  std::int32_t generation_id = 0;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupId", m.group_id);
    a.field("generationId", m.generation_id);
    a.field("memberId", m.member_id);
    a.field("groupInstanceId", m.group_instance_id, since(3) | kNullable);
  }
};

struct HeartbeatResponse {
  static constexpr Api kApi = HeartbeatRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("errorCode", m.error_code);
  }
};

}  // namespace kmirror::protocol
