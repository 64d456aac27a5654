// Heartbeat, versions 0 to 4: keeps a member's session alive, and tells it of a rebalance.
#include "protocol/messages/heartbeat.h"

#include "broker/api/group_lookup.h"
#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

using protocol::ErrorCode;

void heartbeat(CallContext& call, const protocol::HeartbeatRequest& request,
               protocol::HeartbeatResponse& response) {
  response.error_code = check_group(call, request.group_id);
  if (response.error_code != ErrorCode::kNone) return;
  Groups::Entry* const entry = call.cluster.groups().find(request.group_id);
  if (entry == nullptr) {
    response.error_code = ErrorCode::kUnknownMemberId;
    return;
  }
  response.error_code = entry->group.on_heartbeat(
      {request.member_id, request.group_instance_id, request.generation_id}, call.cluster.now());
  call.cluster.groups().settle(*entry);
}

}  // namespace kmirror::broker
