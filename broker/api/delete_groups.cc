// DeleteGroups, versions 0 to 2: deletes groups without members, with their offsets.
#include "protocol/messages/delete_groups.h"

#include <set>

#include "broker/api/group_lookup.h"
#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

using protocol::ErrorCode;

namespace {

ErrorCode delete_group(CallContext& call, std::string_view id) {
  const ErrorCode error = check_coordinator(call, id);
  if (error != ErrorCode::kNone) return error;
  const Groups::Entry* const entry = call.cluster.groups().find(id);
  if (entry == nullptr) return ErrorCode::kGroupIdNotFound;
  if (entry->group.state() != Group::State::kEmpty) return ErrorCode::kNonEmptyGroup;
  call.cluster.groups().remove(id);
  return ErrorCode::kNone;
}

}  // namespace

void delete_groups(CallContext& call, const protocol::DeleteGroupsRequest& request,
                   protocol::DeleteGroupsResponse& response) {
  std::set<std::string_view> seen;
  for (const std::string_view id : request.groups_names) {
    if (!seen.insert(id).second) continue;
    response.results.push_back({.group_id = id, .error_code = delete_group(call, id)});
  }
}

}  // namespace kmirror::broker
