// FindCoordinator (key 10): the broker that looks after a group or transactional id.
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

struct FindCoordinatorResponse;

struct FindCoordinatorRequest {
  static constexpr Api kApi{
      .key = 10, .name = "FindCoordinator", .versions = {0, 6}, .flexible = 3};
  using Response = FindCoordinatorResponse;

  std::string_view key;
  // 0: group, 1: transaction, 2: share group (version 6 on).
  std::int8_t key_type = 0;
  std::vector<std::string_view> coordinator_keys;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("key", m.key, until(3));
    a.field("keyType", m.key_type, since(1));
    a.field("coordinatorKeys", m.coordinator_keys, since(4));
  }
};

struct FindCoordinatorResponse {
  static constexpr Api kApi = FindCoordinatorRequest::kApi;

  struct Coordinator {
    std::string_view key;
    std::int32_t node_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("key", m.key);
      a.field("nodeId", m.node_id);
      a.field("host", m.host);
      a.field("port", m.port);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message = "";
  std::int32_t node_id = 0;
  std::string_view host;
  std::int32_t port = 0;
  std::vector<Coordinator> coordinators;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("errorCode", m.error_code, until(3));
    a.field("errorMessage", m.error_message, since(1) | until(3) | kNullable | kIgnorable);
    a.field("nodeId", m.node_id, until(3));
    a.field("host", m.host, until(3));
    a.field("port", m.port, until(3));
    a.field("coordinators", m.coordinators, since(4));
  }
};

}  // namespace kmirror::protocol
