// AddOffsetsToTxn, versions 0 to 4: a group whose positions a transaction is going to commit.
#include "protocol/messages/add_offsets_to_txn.h"

#include "broker/api/handlers.h"
#include "broker/api/transaction_lookup.h"
#include "broker/transactions.h"

namespace kmirror::broker {

using protocol::ErrorCode;

void add_offsets_to_txn(CallContext& call, const protocol::AddOffsetsToTxnRequest& request,
                        protocol::AddOffsetsToTxnResponse& response) {
  constexpr std::int16_t kFencedSince = 2;
  ErrorCode error = check_coordinator(call, request.transactional_id);
  if (error == ErrorCode::kNone) {
    error = call.cluster.transactions().add(
        request.transactional_id, {.id = request.producer_id, .epoch = request.producer_epoch},
        {Transactions::partition_of_group(request.group_id)}, Transaction::Version::k1);
  }
  response.error_code = fenced_since(call, kFencedSince, error);
}

}  // namespace kmirror::broker
