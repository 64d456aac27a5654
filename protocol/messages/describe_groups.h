// DescribeGroups (key 15): state and members of groups.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct DescribeGroupsResponse;

struct DescribeGroupsRequest {
  static constexpr Api kApi{.key = 15, .name = "DescribeGroups", .versions = {0, 6}, .flexible = 5};
  using Response = DescribeGroupsResponse;

  std::vector<std::string_view> groups;
  bool include_authorized_operations = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groups", m.groups);
    a.field("includeAuthorizedOperations", m.include_authorized_operations, since(3));
  }
};

struct DescribeGroupsResponse {
  static constexpr Api kApi = DescribeGroupsRequest::kApi;

  struct Member {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id;
    std::string_view client_id;
    std::string_view client_host;
    ConstBytes member_metadata;
    ConstBytes member_assignment;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("memberId", m.member_id);
      a.field("groupInstanceId", m.group_instance_id, since(4) | kNullable | kIgnorable);
      a.field("clientId", m.client_id);
      a.field("clientHost", m.client_host);
      a.field("memberMetadata", m.member_metadata);
      a.field("memberAssignment", m.member_assignment);
    }
  };

  struct Group {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message;
    std::string_view group_id;
    std::string_view group_state;
    std::string_view protocol_type;
    std::string_view protocol_data;
    std::vector<Member> members;
    std::int32_t authorized_operations = std::numeric_limits<std::int32_t>::min();
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, since(6) | kNullable);
      a.field("groupId", m.group_id);
      a.field("groupState", m.group_state);
      a.field("protocolType", m.protocol_type);
      a.field("protocolData", m.protocol_data);
      a.field("members", m.members);
      a.field("authorizedOperations", m.authorized_operations, since(3));
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Group> groups;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("groups", m.groups);
  }
};

}  // namespace kmirror::protocol
