#include "broker/testing/batches.h"

#include "protocol/testing/record_batch.h"

namespace kmirror::broker {

Buffer batch(const BatchOf& wanted) {
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
