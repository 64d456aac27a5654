// What coordinators of transactions keep in __transaction_state, and what they write into the
// partitions of a transaction at its end. An int16 precedes each, the version of what follows.
// Views over the record; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/api.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct TransactionLogKey {
  static constexpr Api kApi{.key = kNoKey, .name = "TransactionLogKey", .versions = {0, 0}};

  std::string_view transactional_id;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("transactionalId", m.transactional_id); }
};

struct TransactionLogValue {
  static constexpr Api kApi{
      .key = kNoKey, .name = "TransactionLogValue", .versions = {0, 1}, .flexible = 1};

  struct Partitions {
    std::string_view topic;
    std::vector<std::int32_t> partition_ids;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("topic", m.topic);
      a.field("partitionIds", m.partition_ids);
    }
  };

  std::int64_t producer_id = 0;
  // The tagged fields are those of KIP-890, since 4.0.
  std::int64_t previous_producer_id = -1;
  std::int64_t next_producer_id = -1;
  std::int16_t producer_epoch = 0;
  std::int16_t next_producer_epoch = -1;
  std::int32_t transaction_timeout_ms = 0;
  // The id of Kafka's TransactionState: 0 is Empty, 1 Ongoing, ...
  std::int8_t transaction_status = 0;
  std::optional<std::vector<Partitions>> transaction_partitions{std::in_place};
  std::int64_t transaction_last_update_timestamp_ms = 0;
  std::int64_t transaction_start_timestamp_ms = 0;
  std::int16_t client_transaction_version = 0;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("producerId", m.producer_id);
    a.field("previousProducerId", m.previous_producer_id, since(1) | tagged(0));
    a.field("nextProducerId", m.next_producer_id, since(1) | tagged(1));
    a.field("producerEpoch", m.producer_epoch);
    a.field("nextProducerEpoch", m.next_producer_epoch, since(1) | tagged(3));
    a.field("transactionTimeoutMs", m.transaction_timeout_ms);
    a.field("transactionStatus", m.transaction_status);
    a.field("transactionPartitions", m.transaction_partitions, kNullable);
    a.field("transactionLastUpdateTimestampMs", m.transaction_last_update_timestamp_ms);
    a.field("transactionStartTimestampMs", m.transaction_start_timestamp_ms);
    a.field("clientTransactionVersion", m.client_transaction_version, since(1) | tagged(2));
  }
};

// The value of the control record that ends a transaction. Its key says whether it was committed:
// protocol/records/control.h. Clients have had the schema since 4.1; the bytes are as old as
// transactions.
struct EndTxnMarker {
  static constexpr Api kApi{.key = kNoKey, .name = "EndTxnMarker", .versions = {0, 0}};

  std::int32_t coordinator_epoch = 0;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("coordinatorEpoch", m.coordinator_epoch); }
};

}  // namespace kmirror::protocol
