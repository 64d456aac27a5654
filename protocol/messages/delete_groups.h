// DeleteGroups (key 42): deletes groups without members, offsets included (KIP-229).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct DeleteGroupsResponse;

struct DeleteGroupsRequest {
  static constexpr Api kApi{.key = 42, .name = "DeleteGroups", .versions = {0, 2}, .flexible = 2};
  using Response = DeleteGroupsResponse;

  std::vector<std::string_view> groups_names;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("groupsNames", m.groups_names); }
};

struct DeleteGroupsResponse {
  static constexpr Api kApi = DeleteGroupsRequest::kApi;

  struct Result {
    std::string_view group_id;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("groupId", m.group_id);
      a.field("errorCode", m.error_code);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Result> results;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("results", m.results);
  }
};

}  // namespace kmirror::protocol
