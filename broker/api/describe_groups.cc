// DescribeGroups, versions 0 to 6: state and members of groups; one that is not there is Dead. Left
// out: authorized operations are those of a cluster without authorization.
#include "protocol/messages/describe_groups.h"

#include <fmt/format.h>

#include "broker/api/group_lookup.h"
#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

using protocol::DescribeGroupsRequest;
using protocol::DescribeGroupsResponse;
using protocol::ErrorCode;

namespace {

// Bits of Kafka's AclOperation, all that apply to a group: to read, describe and delete it, and the
// two of its configuration since there is one (KIP-848).
constexpr std::int32_t kOperations = 0b1'0100'1000;
constexpr std::int32_t kOperationsSince4 = 0b1101'0100'1000;
constexpr std::int16_t kFirstVersionThatMissesGroups = 6;

DescribeGroupsResponse::Group describe_missing(CallContext& call, std::string_view id) {
  DescribeGroupsResponse::Group answer{.group_id = id, .group_state = "Dead"};
  if (call.version >= kFirstVersionThatMissesGroups) {
    answer.error_code = ErrorCode::kGroupIdNotFound;
    answer.error_message = call.keep(fmt::format("Group {} not found.", id));
  }
  return answer;
}

DescribeGroupsResponse::Group describe(CallContext& call, std::string_view id, const Group& group) {
  const bool is_stable = group.state() == Group::State::kStable;
  const bool is_old = call.cluster.release() < Release{4, 0};
  DescribeGroupsResponse::Group answer{.group_id = id,
                                       .group_state = to_string(group.state()),
                                       .protocol_type = call.keep(group.protocol_type())};
  if (is_stable) answer.protocol_data = call.keep(*group.protocol_name());
  for (const auto& [member_id, member] : group.members()) {
    const auto kept = std::make_shared<const GroupMember>(member);
    call.keep(kept);
    auto& of_member = answer.members.emplace_back();
    of_member.member_id = kept->id;
    of_member.group_instance_id = kept->instance_id;
    of_member.client_id = kept->client_id;
    of_member.client_host = kept->client_host;
    if (is_stable) of_member.member_metadata = kept->metadata_of(*group.protocol_name());
    if (is_stable || !is_old) of_member.member_assignment = kept->assignment;
  }
  return answer;
}

}  // namespace

void describe_groups(CallContext& call, const DescribeGroupsRequest& request,
                     DescribeGroupsResponse& response) {
  for (const std::string_view id : request.groups) {
    const ErrorCode error = check_coordinator(call, id);
    if (error != ErrorCode::kNone) {
      response.groups.push_back({.error_code = error, .group_id = id});
      continue;
    }
    const Groups::Entry* const entry = call.cluster.groups().find(id);
    auto answer = entry == nullptr ? describe_missing(call, id) : describe(call, id, entry->group);
    if (request.include_authorized_operations && answer.error_code == ErrorCode::kNone) {
      const bool is_old = call.cluster.release() < Release{4, 0};
      answer.authorized_operations = is_old ? kOperations : kOperationsSince4;
    }
    response.groups.push_back(std::move(answer));
  }
}

}  // namespace kmirror::broker
