// EndTxn (key 26): commits or aborts a transaction (KIP-98).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct EndTxnResponse;

// Version 5 may be used only where transaction.version 2 is finalized: the epoch then goes up with
// every transaction (KIP-890).
struct EndTxnRequest {
  static constexpr Api kApi{
      .key = 26, .name = "EndTxn", .versions = {0, 4}, .known_max = 5, .flexible = 3};
  using Response = EndTxnResponse;

  std::string_view transactional_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  bool committed = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("transactionalId", m.transactional_id);
    a.field("producerId", m.producer_id);
    a.field("producerEpoch", m.producer_epoch);
    a.field("committed", m.committed);
  }
};

struct EndTxnResponse {
  static constexpr Api kApi = EndTxnRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  // Those of the next transaction.
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("producerId", m.producer_id, since(5) | kIgnorable);
    a.field("producerEpoch", m.producer_epoch, since(5) | kIgnorable);
  }
};

}  // namespace kmirror::protocol
