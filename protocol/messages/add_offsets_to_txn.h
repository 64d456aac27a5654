// AddOffsetsToTxn (key 25): a group whose offsets a transaction is going to commit (KIP-98).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct AddOffsetsToTxnResponse;

struct AddOffsetsToTxnRequest {
  static constexpr Api kApi{
      .key = 25, .name = "AddOffsetsToTxn", .versions = {0, 4}, .flexible = 3};
  using Response = AddOffsetsToTxnResponse;

  std::string_view transactional_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  std::string_view group_id;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("transactionalId", m.transactional_id);
    a.field("producerId", m.producer_id);
    a.field("producerEpoch", m.producer_epoch);
    a.field("groupId", m.group_id);
  }
};

struct AddOffsetsToTxnResponse {
  static constexpr Api kApi = AddOffsetsToTxnRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
  }
};

}  // namespace kmirror::protocol
