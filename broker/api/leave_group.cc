// LeaveGroup, versions 0 to 5: members leave a group, or an administrator removes static ones; one
// alone before version 3.
#include "protocol/messages/leave_group.h"

#include "broker/api/group_lookup.h"
#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::LeaveGroupRequest;
using protocol::LeaveGroupResponse;

namespace {

constexpr std::int16_t kFirstBatchedVersion = 3;

ErrorCode leave(CallContext& call, Groups::Entry* entry, std::string_view member_id,
                std::optional<std::string_view> instance_id) {
  if (entry == nullptr) return ErrorCode::kUnknownMemberId;
  const ErrorCode error = entry->group.on_leave(member_id, instance_id, call.cluster.now());
  call.cluster.groups().settle(*entry);
  return error;
}

}  // namespace

void leave_group(CallContext& call, const LeaveGroupRequest& request,
                 LeaveGroupResponse& response) {
  response.error_code = check_group(call, request.group_id);
  if (response.error_code != ErrorCode::kNone) return;
  Groups::Entry* const entry = call.cluster.groups().find(request.group_id);
  if (call.version < kFirstBatchedVersion) {
    response.error_code = leave(call, entry, request.member_id, std::nullopt);
    return;
  }
  for (const auto& member : request.members) {
    response.members.push_back(
        {.member_id = member.member_id,
         .group_instance_id = member.group_instance_id,
         .error_code = leave(call, entry, member.member_id, member.group_instance_id)});
  }
}

}  // namespace kmirror::broker
