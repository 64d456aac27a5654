// TxnOffsetCommit, versions 0 to 5: stores positions of a group once a transaction commits. Until
// then they wait with the group, and readers that ask for stable offsets wait for the end.
#include "protocol/messages/txn_offset_commit.h"

#include "broker/api/group_lookup.h"
#include "broker/api/group_partitions.h"
#include "broker/api/handlers.h"
#include "broker/api/transaction_lookup.h"
#include "broker/transactions.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::TxnOffsetCommitRequest;
using protocol::TxnOffsetCommitResponse;

namespace {

// Whether the group is part of the transaction; the new version adds it (KIP-890).
ErrorCode verify(CallContext& call, const TxnOffsetCommitRequest& request) {
  constexpr std::int16_t kFirstWithAbortable = 4;
  constexpr std::int16_t kFirstNew = 5;
  if (call.cluster.release() < Release{3, 7}) return ErrorCode::kNone;
  const auto version =
      call.version >= kFirstNew ? Transaction::Version::k2 : Transaction::Version::k1;
  const ErrorCode error = call.cluster.transactions().add_or_verify_group(
      request.transactional_id, {.id = request.producer_id, .epoch = request.producer_epoch},
      request.group_id, version);
  return verification_error(error, call.version >= kFirstWithAbortable);
}

ErrorCode check(CallContext& call, const TxnOffsetCommitRequest& request) {
  ErrorCode error = check_group(call, request.group_id);
  if (error == ErrorCode::kNone) error = verify(call, request);
  if (error != ErrorCode::kNone) return error;
  Groups& groups = call.cluster.groups();
  const bool is_new = call.cluster.release() >= Release{4, 0};
  if (groups.find(request.group_id) == nullptr && request.generation_id >= 0 && is_new) {
    return ErrorCode::kIllegalGeneration;
  }
  return groups.find_or_create(request.group_id)
      .group.on_commit({request.member_id, request.group_instance_id, request.generation_id}, true,
                       call.cluster.now());
}

}  // namespace

void txn_offset_commit(CallContext& call, const TxnOffsetCommitRequest& request,
                       TxnOffsetCommitResponse& response) {
  const bool any_exists = answer_unknown(call, request, response);
  if (any_exists) {
    commit_known(call, request, check(call, request), request.producer_id, response);
  }
}

}  // namespace kmirror::broker
