// DescribeTransactions (key 65): what a transaction coordinator knows of transactional ids
// (KIP-664).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct DescribeTransactionsResponse;

struct DescribeTransactionsRequest {
  static constexpr Api kApi{
      .key = 65, .name = "DescribeTransactions", .versions = {0, 0}, .flexible = 0};
  using Response = DescribeTransactionsResponse;

  std::vector<std::string_view> transactional_ids;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("transactionalIds", m.transactional_ids); }
};

struct DescribeTransactionsResponse {
  static constexpr Api kApi = DescribeTransactionsRequest::kApi;

  struct TransactionState {
    ErrorCode error_code = ErrorCode::kNone;
    std::string_view transactional_id;
    std::string_view transaction_state;
    std::int32_t transaction_timeout_ms = 0;
    std::int64_t transaction_start_time_ms = 0;
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    std::vector<TopicPartitions> topics;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("transactionalId", m.transactional_id);
      a.field("transactionState", m.transaction_state);
      a.field("transactionTimeoutMs", m.transaction_timeout_ms);
      a.field("transactionStartTimeMs", m.transaction_start_time_ms);
      a.field("producerId", m.producer_id);
      a.field("producerEpoch", m.producer_epoch);
      a.field("topics", m.topics);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<TransactionState> transaction_states;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("transactionStates", m.transaction_states);
  }
};

}  // namespace kmirror::protocol
