// InitProducerId (key 22): a producer id, for idempotence or a transactional id.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct InitProducerIdResponse;

struct InitProducerIdRequest {
  static constexpr Api kApi{
      .key = 22, .name = "InitProducerId", .versions = {0, 5}, .known_max = 6, .flexible = 2};
  using Response = InitProducerIdResponse;

  // Null for an idempotent producer without transactions.
  std::optional<std::string_view> transactional_id = "";
  std::int32_t transaction_timeout_ms = 0;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  // Transactions that someone else decides (KIP-939).
  bool enable2_pc = false;
  bool keep_prepared_txn = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("transactionalId", m.transactional_id, kNullable);
    a.field("transactionTimeoutMs", m.transaction_timeout_ms);
    a.field("producerId", m.producer_id, since(3));
    a.field("producerEpoch", m.producer_epoch, since(3));
    a.field("enable2Pc", m.enable2_pc, since(6));
    a.field("keepPreparedTxn", m.keep_prepared_txn, since(6));
  }
};

struct InitProducerIdResponse {
  static constexpr Api kApi = InitProducerIdRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = 0;
  std::int64_t ongoing_txn_producer_id = -1;
  std::int16_t ongoing_txn_producer_epoch = -1;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("producerId", m.producer_id);
    a.field("producerEpoch", m.producer_epoch);
    a.field("ongoingTxnProducerId", m.ongoing_txn_producer_id, since(6));
    a.field("ongoingTxnProducerEpoch", m.ongoing_txn_producer_epoch, since(6));
  }
};

}  // namespace kmirror::protocol
