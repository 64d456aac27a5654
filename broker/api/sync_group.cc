// SyncGroup, versions 0 to 5: the leader's hands out the assignment, the others' wait for it
// (core/group.h).
#include "protocol/messages/sync_group.h"

#include <memory>

#include "broker/api/group_lookup.h"
#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::SyncGroupRequest;
using protocol::SyncGroupResponse;

namespace {

constexpr std::int16_t kFirstVersionWithProtocol = 5;

ErrorCode check(CallContext& call, const SyncGroupRequest& request) {
  const bool names_protocol = request.protocol_type && request.protocol_name;
  if (call.version >= kFirstVersionWithProtocol && !names_protocol) {
    return ErrorCode::kInconsistentGroupProtocol;
  }
  const ErrorCode error = check_group(call, request.group_id);
  if (error != ErrorCode::kNone) return error;
  const bool is_known = call.cluster.groups().find(request.group_id) != nullptr;
  return is_known ? ErrorCode::kNone : ErrorCode::kUnknownMemberId;
}

}  // namespace

net::Awaitable<void> sync_group(CallContext& call, const SyncGroupRequest& request,
                                SyncGroupResponse& response) {
  response.error_code = check(call, request);
  if (response.error_code != ErrorCode::kNone) co_return;
  Group::Sync sync{.caller = {request.member_id, request.group_instance_id, request.generation_id},
                   .protocol_type = request.protocol_type,
                   .protocol_name = request.protocol_name,
                   .assignments = {}};
  for (const auto& [member_id, assignment, unknown] : request.assignments) {
    sync.assignments[std::string(member_id)] = Buffer(assignment.begin(), assignment.end());
  }
  const std::string group_id(request.group_id);
  std::optional<Group::SyncAnswer> answer =
      co_await call.cluster.groups().sync(call, group_id, sync);
  if (!answer) {
    call.outcome = Outcome::kClose;
    co_return;
  }
  const auto kept = std::make_shared<const Group::SyncAnswer>(std::move(*answer));
  call.keep(kept);
  response.error_code = kept->error;
  response.protocol_type = kept->protocol_type;
  response.protocol_name = kept->protocol_name;
  response.assignment = kept->assignment;
}

}  // namespace kmirror::broker
