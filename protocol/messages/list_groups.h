// ListGroups (key 16): the groups that a broker coordinates.
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

struct ListGroupsResponse;

struct ListGroupsRequest {
  static constexpr Api kApi{.key = 16, .name = "ListGroups", .versions = {0, 5}, .flexible = 3};
  using Response = ListGroupsResponse;

  // Empty filters let all pass (KIP-518, KIP-848).
  std::vector<std::string_view> states_filter;
  std::vector<std::string_view> types_filter;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("statesFilter", m.states_filter, since(4));
    a.field("typesFilter", m.types_filter, since(5));
  }
};

struct ListGroupsResponse {
  static constexpr Api kApi = ListGroupsRequest::kApi;

  struct Group {
    std::string_view group_id;
    std::string_view protocol_type;
    std::string_view group_state;
    std::string_view group_type;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("groupId", m.group_id);
      a.field("protocolType", m.protocol_type);
      a.field("groupState", m.group_state, since(4) | kIgnorable);
      a.field("groupType", m.group_type, since(5) | kIgnorable);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Group> groups;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("errorCode", m.error_code);
    a.field("groups", m.groups);
  }
};

}  // namespace kmirror::protocol
