#include "broker/api/transaction_lookup.h"

namespace kmirror::broker {

using protocol::ErrorCode;

ErrorCode check_coordinator(CallContext& call, std::string_view transactional_id) {
  if (transactional_id.empty()) return ErrorCode::kInvalidRequest;
  const bool coordinates = call.cluster.coordinator_of(transactional_id) == call.node.id();
  return coordinates ? ErrorCode::kNone : ErrorCode::kNotCoordinator;
}

ErrorCode fenced_since(CallContext& call, std::int16_t since, ErrorCode error) {
  const bool is_old = call.version < since && error == ErrorCode::kProducerFenced;
  return is_old ? ErrorCode::kInvalidProducerEpoch : error;
}

ErrorCode verification_error(ErrorCode error, bool knows_abortable) {
  if (error == ErrorCode::kProducerFenced) return ErrorCode::kInvalidProducerEpoch;
  const bool is_strange = error == ErrorCode::kTransactionAbortable && !knows_abortable;
  return is_strange ? ErrorCode::kInvalidTxnState : error;
}

}  // namespace kmirror::broker
