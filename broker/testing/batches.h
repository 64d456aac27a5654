// Batches for tests of logs: small, and of a producer if one is named.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::broker {

struct BatchOf {
  int records = 1;
  std::int64_t timestamp_ms = 1000;
  std::int64_t producer_id = -1;
  std::int16_t epoch = 0;
  std::int32_t sequence = 0;
  bool is_transactional = false;
};

inline Buffer batch(const BatchOf& wanted = {}) {
  protocol::testing::StoredBatch stored;
  stored.last_offset_delta = wanted.records - 1;
  stored.base_timestamp_ms = wanted.timestamp_ms;
  stored.max_timestamp_ms = wanted.timestamp_ms;
  if (wanted.producer_id >= 0) {
    stored.producer_id = wanted.producer_id;
    stored.producer_epoch = wanted.epoch;
    stored.base_sequence = wanted.sequence;
  }
  if (wanted.is_transactional) stored.attributes = protocol::batch_attribute::kTransactional;
  for (int i = 0; i < wanted.records; ++i) {
    stored.records.push_back({.offset_delta = i, .key = "k", .value = "v"});
  }
  return protocol::testing::batch_of(stored);
}

}  // namespace kmirror::broker
