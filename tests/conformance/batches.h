// The batches that stories send: good ones, and through change() every broken kind. Values, no
// thread rules.
#pragma once

#include <string>
#include <utility>

#include "base/bytes.h"
#include "protocol/records/batch_crc.h"
#include "protocol/testing/message_set.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::conformance {

using compression::Codec;
using protocol::testing::set_of;
using protocol::testing::StoredBatch;
using protocol::testing::StoredRecord;
namespace batch_field = protocol::batch_field;
namespace batch_attribute = protocol::batch_attribute;

inline constexpr std::int64_t kTime = 1'600'000'000'000;  // of a batch's first record

struct Producer {
  std::int64_t id = -1;
  std::int16_t epoch = -1;
};

// "k0"="v0", "k1"="v1", ..., a millisecond apart.
inline StoredBatch records(int count, std::int64_t time_ms = kTime) {
  StoredBatch batch{.last_offset_delta = count - 1,
                    .base_timestamp_ms = time_ms,
                    .max_timestamp_ms = time_ms + count - 1};
  for (int i = 0; i < count; ++i) {
    batch.records.push_back({.timestamp_delta_ms = i,
                             .offset_delta = i,
                             .key = "k" + std::to_string(i),
                             .value = "v" + std::to_string(i)});
  }
  return batch;
}

inline Buffer plain(int count) {
  return batch_of(records(count));
}

inline StoredBatch from(Producer producer, std::int32_t sequence, int count) {
  StoredBatch batch = records(count);
  batch.producer_id = producer.id;
  batch.producer_epoch = producer.epoch;
  batch.base_sequence = sequence;
  return batch;
}

inline StoredBatch transactional(Producer producer, std::int32_t sequence, int count) {
  StoredBatch batch = from(producer, sequence, count);
  batch.attributes = batch_attribute::kTransactional;
  return batch;
}

// One record with a value of that many bytes.
inline StoredBatch large(std::size_t value_bytes) {
  StoredBatch batch = records(1);
  batch.records[0].value = std::string(value_bytes, 'x');
  return batch;
}

// Another value in the header; the CRC is right again.
template <std::integral T>
Buffer change(Buffer batch, std::size_t field, T value) {
  store_be(batch.data() + field, value);
  protocol::write_crc(batch);
  return batch;
}

// Other bytes behind the header, with the right length and CRC.
inline Buffer with_payload(Buffer batch, ConstBytes payload) {
  batch.resize(protocol::kBatchHeaderBytes);
  batch.insert(batch.end(), payload.begin(), payload.end());
  const auto length = static_cast<std::int32_t>(batch.size() - protocol::kBatchPrefixBytes);
  return change(std::move(batch), batch_field::kBatchLength, length);
}

inline Buffer joined(Buffer first, const Buffer& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace kmirror::conformance
