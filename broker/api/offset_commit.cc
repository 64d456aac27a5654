// OffsetCommit, versions 0 to 9: stores positions of a group, by a member or, while there are none,
// by anybody. Left out: version 0 is stored like the others, not in ZooKeeper, and nothing expires,
// whatever retention time is asked for.
#include "protocol/messages/offset_commit.h"

#include "broker/api/group_lookup.h"
#include "broker/api/group_partitions.h"
#include "broker/api/handlers.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::OffsetCommitRequest;
using protocol::OffsetCommitResponse;

namespace {

ErrorCode check(CallContext& call, const OffsetCommitRequest& request) {
  const ErrorCode error = check_coordinator(call, request.group_id);
  if (error != ErrorCode::kNone) return error;
  const std::int32_t generation = request.generation_id_or_member_epoch;
  Groups& groups = call.cluster.groups();
  if (groups.find(request.group_id) == nullptr && generation >= 0) {
    const bool is_new = call.version >= 9 && call.cluster.release() >= Release{4, 0};
    return is_new ? ErrorCode::kGroupIdNotFound : ErrorCode::kIllegalGeneration;
  }
  Groups::Entry& entry = groups.find_or_create(request.group_id);
  const ErrorCode refusal = entry.group.on_commit(
      {request.member_id, request.group_instance_id, generation}, false, call.cluster.now());
  groups.settle(entry);
  return refusal;
}

}  // namespace

void offset_commit(CallContext& call, const OffsetCommitRequest& request,
                   OffsetCommitResponse& response) {
  const bool any_exists = answer_unknown(call, request, response);
  if (any_exists) commit_known(call, request, check(call, request), std::nullopt, response);
}

}  // namespace kmirror::broker
