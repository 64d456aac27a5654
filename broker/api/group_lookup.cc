#include "broker/api/group_lookup.h"

#include "broker/cluster.h"

namespace kmirror::broker {

using protocol::ErrorCode;

ErrorCode check_coordinator(const CallContext& call, std::string_view group_id) {
  const bool is_ours = call.cluster.coordinator_of(group_id) == call.node.id();
  return is_ours ? ErrorCode::kNone : ErrorCode::kNotCoordinator;
}

ErrorCode check_group(const CallContext& call, std::string_view group_id) {
  return group_id.empty() ? ErrorCode::kInvalidGroupId : check_coordinator(call, group_id);
}

}  // namespace kmirror::broker
