// ListTransactions (key 66): the transactional ids that a broker coordinates (KIP-664).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct ListTransactionsResponse;

struct ListTransactionsRequest {
  static constexpr Api kApi{
      .key = 66, .name = "ListTransactions", .versions = {0, 2}, .flexible = 0};
  using Response = ListTransactionsResponse;

  // Empty filters let all pass.
  std::vector<std::string_view> state_filters;
  std::vector<std::int64_t> producer_id_filters;
  // Only those that have been running for longer, in milliseconds; -1: all (KIP-994).
  std::int64_t duration_filter = -1;
  // A regular expression (KIP-1152).
  std::optional<std::string_view> transactional_id_pattern;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("stateFilters", m.state_filters);
    a.field("producerIdFilters", m.producer_id_filters);
    a.field("durationFilter", m.duration_filter, since(1));
    a.field("transactionalIdPattern", m.transactional_id_pattern, since(2) | kNullable);
  }
};

struct ListTransactionsResponse {
  static constexpr Api kApi = ListTransactionsRequest::kApi;

  struct TransactionState {
    std::string_view transactional_id;
    std::int64_t producer_id = 0;
    std::string_view transaction_state;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("transactionalId", m.transactional_id);
      a.field("producerId", m.producer_id);
      a.field("transactionState", m.transaction_state);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<std::string_view> unknown_state_filters;
  std::vector<TransactionState> transaction_states;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code);
    a.field("unknownStateFilters", m.unknown_state_filters);
    a.field("transactionStates", m.transaction_states);
  }
};

}  // namespace kmirror::protocol
