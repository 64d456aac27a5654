// DeleteAcls (key 31): deletes the ACLs that any of the filters matches.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct DeleteAclsResponse;

struct DeleteAclsRequest {
  static constexpr Api kApi{.key = 31, .name = "DeleteAcls", .versions = {0, 3}, .flexible = 2};
  using Response = DeleteAclsResponse;

  std::vector<AclFilter> filters;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("filters", m.filters); }
};

struct DeleteAclsResponse {
  static constexpr Api kApi = DeleteAclsRequest::kApi;

  struct MatchingAcl {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::int8_t pattern_type = 3;
    std::string_view principal;
    std::string_view host;
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
      a.field("resourceType", m.resource_type);
      a.field("resourceName", m.resource_name);
      a.field("patternType", m.pattern_type, since(1));
      a.field("principal", m.principal);
      a.field("host", m.host);
      a.field("operation", m.operation);
      a.field("permissionType", m.permission_type);
    }
  };

  struct FilterResult {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    std::vector<MatchingAcl> matching_acls;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
      a.field("matchingAcls", m.matching_acls);
    }
  };

  std::int32_t throttle_time_ms = 0;
  // In the order of the filters.
  std::vector<FilterResult> filter_results;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("filterResults", m.filter_results);
  }
};

}  // namespace kmirror::protocol
