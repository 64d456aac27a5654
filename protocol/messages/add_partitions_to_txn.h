// AddPartitionsToTxn (key 24): partitions that a transaction is going to write to (KIP-98).
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

struct AddPartitionsToTxnResponse;

// Versions from 4 on, with several transactions, are for brokers alone (KIP-890).
struct AddPartitionsToTxnRequest {
  static constexpr Api kApi{
      .key = 24, .name = "AddPartitionsToTxn", .versions = {0, 3}, .known_max = 5, .flexible = 3};
  using Response = AddPartitionsToTxnResponse;

  using Topic = TopicOf<std::int32_t>;

  struct Transaction {
    std::string_view transactional_id;
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    // Asks whether the partitions are in the transaction, and adds none.
    bool verify_only = false;
    std::vector<Topic> topics;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("transactionalId", m.transactional_id);
      a.field("producerId", m.producer_id);
      a.field("producerEpoch", m.producer_epoch);
      a.field("verifyOnly", m.verify_only);
      a.field("topics", m.topics);
    }
  };

  std::vector<Transaction> transactions;
  std::string_view v3_and_below_transactional_id;
  std::int64_t v3_and_below_producer_id = 0;
  std::int16_t v3_and_below_producer_epoch = 0;
  std::vector<Topic> v3_and_below_topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("transactions", m.transactions, since(4));
    a.field("v3AndBelowTransactionalId", m.v3_and_below_transactional_id, until(3));
    a.field("v3AndBelowProducerId", m.v3_and_below_producer_id, until(3));
    a.field("v3AndBelowProducerEpoch", m.v3_and_below_producer_epoch, until(3));
    a.field("v3AndBelowTopics", m.v3_and_below_topics, until(3));
  }
};

struct AddPartitionsToTxnResponse {
  static constexpr Api kApi = AddPartitionsToTxnRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode partition_error_code = ErrorCode::kNone;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("partitionErrorCode", m.partition_error_code);
    }
  };

  struct Topic {
    std::string_view name;
    std::vector<Partition> results_by_partition;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("resultsByPartition", m.results_by_partition);
    }
  };

  struct Transaction {
    std::string_view transactional_id;
    std::vector<Topic> topic_results;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("transactionalId", m.transactional_id);
      a.field("topicResults", m.topic_results);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Transaction> results_by_transaction;
  std::vector<Topic> results_by_topic_v3_and_below;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("errorCode", m.error_code, since(4) | kIgnorable);
    a.field("resultsByTransaction", m.results_by_transaction, since(4));
    a.field("resultsByTopicV3AndBelow", m.results_by_topic_v3_and_below, until(3));
  }
};

}  // namespace kmirror::protocol
