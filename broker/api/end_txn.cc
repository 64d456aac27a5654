// EndTxn, versions 0 to 5: commits or aborts a transaction. The answer comes when that is decided;
// the markers may come later. From version 5 on it tells the producer's next epoch (KIP-890).
#include "protocol/messages/end_txn.h"

#include "broker/api/handlers.h"
#include "broker/api/transaction_lookup.h"
#include "broker/transactions.h"

namespace kmirror::broker {

using protocol::ErrorCode;

void end_txn(CallContext& call, const protocol::EndTxnRequest& request,
             protocol::EndTxnResponse& response) {
  constexpr std::int16_t kFencedSince = 2;
  constexpr std::int16_t kFirstNew = 5;
  response.error_code = check_coordinator(call, request.transactional_id);
  if (response.error_code != ErrorCode::kNone) return;
  const auto version =
      call.version >= kFirstNew ? Transaction::Version::k2 : Transaction::Version::k1;
  const auto answer = call.cluster.transactions().end(
      request.transactional_id, {.id = request.producer_id, .epoch = request.producer_epoch},
      request.committed, version);
  response.error_code = fenced_since(call, kFencedSince, answer.error);
  response.producer_id = answer.producer.id;
  response.producer_epoch = answer.producer.epoch;
}

}  // namespace kmirror::broker
