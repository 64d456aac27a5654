// CreateAcls (key 30): creates ACLs. The numbers are explained at AclFilter.
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

struct CreateAclsResponse;

struct CreateAclsRequest {
  static constexpr Api kApi{.key = 30, .name = "CreateAcls", .versions = {0, 3}, .flexible = 2};
  using Response = CreateAclsResponse;

  struct Creation {
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::int8_t resource_pattern_type = 3;
    std::string_view principal;
    std::string_view host;
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("resourceType", m.resource_type);
      a.field("resourceName", m.resource_name);
      a.field("resourcePatternType", m.resource_pattern_type, since(1));
      a.field("principal", m.principal);
      a.field("host", m.host);
      a.field("operation", m.operation);
      a.field("permissionType", m.permission_type);
    }
  };

  std::vector<Creation> creations;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("creations", m.creations); }
};

struct CreateAclsResponse {
  static constexpr Api kApi = CreateAclsRequest::kApi;

  struct Result {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
    }
  };

  std::int32_t throttle_time_ms = 0;
  // In the order of the creations.
  std::vector<Result> results;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("results", m.results);
  }
};

}  // namespace kmirror::protocol
