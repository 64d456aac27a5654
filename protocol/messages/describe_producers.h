// DescribeProducers (key 61): the producers that a replica of a partition remembers (KIP-664).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct DescribeProducersResponse;

struct DescribeProducersRequest {
  static constexpr Api kApi{
      .key = 61, .name = "DescribeProducers", .versions = {0, 0}, .flexible = 0};
  using Response = DescribeProducersResponse;

  using Topic = TopicPartitionIndexes;

  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("topics", m.topics); }
};

struct DescribeProducersResponse {
  static constexpr Api kApi = DescribeProducersRequest::kApi;

  struct ProducerState {
    std::int64_t producer_id = 0;
    std::int32_t producer_epoch = 0;
    std::int32_t last_sequence = -1;
    std::int64_t last_timestamp = -1;
    std::int32_t coordinator_epoch = 0;
    std::int64_t current_txn_start_offset = -1;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("producerId", m.producer_id);
      a.field("producerEpoch", m.producer_epoch);
      a.field("lastSequence", m.last_sequence);
      a.field("lastTimestamp", m.last_timestamp);
      a.field("coordinatorEpoch", m.coordinator_epoch);
      a.field("currentTxnStartOffset", m.current_txn_start_offset);
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message;
    std::vector<ProducerState> active_producers;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
      a.field("activeProducers", m.active_producers);
    }
  };

  using Topic = TopicOf<Partition>;

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
