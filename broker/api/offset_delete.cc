// OffsetDelete, version 0: deletes positions of a group, of topics that none of its members reads.
#include "protocol/messages/offset_delete.h"

#include "broker/api/group_lookup.h"
#include "broker/api/group_partitions.h"
#include "broker/api/handlers.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::OffsetDeleteRequest;
using protocol::OffsetDeleteResponse;

namespace {

ErrorCode check(CallContext& call, const OffsetDeleteRequest& request) {
  const ErrorCode error = check_group(call, request.group_id);
  if (error != ErrorCode::kNone) return error;
  const Groups::Entry* const entry = call.cluster.groups().find(request.group_id);
  if (entry == nullptr) return ErrorCode::kGroupIdNotFound;
  const bool is_empty = entry->group.state() == Group::State::kEmpty;
  // What other members than consumers read is not known.
  return is_empty || entry->group.is_of_consumers() ? ErrorCode::kNone : ErrorCode::kNonEmptyGroup;
}

}  // namespace

void offset_delete(CallContext& call, const OffsetDeleteRequest& request,
                   OffsetDeleteResponse& response) {
  response.error_code = check(call, request);
  if (response.error_code != ErrorCode::kNone) return;
  Groups::Entry& entry = *call.cluster.groups().find(request.group_id);
  answer_unknown(call, request, response);
  answer_known(call, request, response, [&](std::string_view topic, const auto& partition) {
    if (entry.group.is_subscribed_to(topic)) return ErrorCode::kGroupSubscribedToTopic;
    entry.offsets.remove(topic, partition.partition_index);
    return ErrorCode::kNone;
  });
}

}  // namespace kmirror::broker
