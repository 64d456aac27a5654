// InitProducerId, versions 0 to 5: a producer id, from any broker; or that of a transactional id
// with a higher epoch, from its coordinator, which fences the producers before and aborts what they
// left open (KIP-98, KIP-360). Left out: two-phase commit (version 6).
#include "protocol/messages/init_producer_id.h"

#include "broker/api/handlers.h"
#include "broker/api/transaction_lookup.h"
#include "broker/transactions.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::InitProducerIdRequest;
using protocol::InitProducerIdResponse;

namespace {

constexpr std::int32_t kTimeoutMaxMs = 900'000;  // transaction.max.timeout.ms
constexpr std::int16_t kFencedSince = 4;

Transaction::Answer init(CallContext& call, const InitProducerIdRequest& request) {
  const bool has_id = request.producer_id >= 0;
  if (has_id != (request.producer_epoch >= 0)) return {ErrorCode::kInvalidRequest, {}};
  if (!request.transactional_id) {
    return {ErrorCode::kNone, {.id = call.cluster.next_producer_id(), .epoch = 0}};
  }
  const std::string_view id = *request.transactional_id;
  if (id.empty()) return {ErrorCode::kInvalidRequest, {}};
  const std::int32_t timeout_ms = request.transaction_timeout_ms;
  if (timeout_ms <= 0 || timeout_ms > kTimeoutMaxMs) {
    return {ErrorCode::kInvalidTransactionTimeout, {}};
  }
  const ErrorCode error = check_coordinator(call, id);
  if (error != ErrorCode::kNone) return {error, {}};
  std::optional<ProducerIdAndEpoch> expected;
  if (has_id) expected = {.id = request.producer_id, .epoch = request.producer_epoch};
  return call.cluster.transactions().init(id, std::chrono::milliseconds(timeout_ms), expected);
}

}  // namespace

void init_producer_id(CallContext& call, const InitProducerIdRequest& request,
                      InitProducerIdResponse& response) {
  const Transaction::Answer answer = init(call, request);
  response.error_code = fenced_since(call, kFencedSince, answer.error);
  response.producer_id = answer.producer.id;
  response.producer_epoch = answer.producer.epoch;
}

}  // namespace kmirror::broker
