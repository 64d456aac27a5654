// Record batches of format 2 as a log may hold them: deltas, counts and attributes as a test wants
// them, with the right length and CRC. BatchBuilder only writes what a producer sends.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "compression/codec.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/batch_view.h"
#include "protocol/wire/varint.h"

namespace kmirror::protocol::testing {

struct StoredRecord {
  std::int64_t timestamp_delta_ms = 0;
  std::int32_t offset_delta = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

struct StoredBatch {
  std::int64_t base_offset = 0;
  std::int16_t attributes = 0;  // without the codec
  std::int32_t last_offset_delta = 0;
  std::int64_t base_timestamp_ms = 0;
  std::int64_t max_timestamp_ms = 0;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t base_sequence = -1;
  std::vector<StoredRecord> records;
};

inline void append_varlong(Buffer& to, std::int64_t value) {
  std::uint8_t bytes[kMaxVarlongBytes];
  to.insert(to.end(), bytes, write_varlong(bytes, value));
}

inline void append_nullable(Buffer& to, const std::optional<std::string>& field) {
  append_varlong(to, field ? static_cast<std::int64_t>(field->size()) : -1);
  if (field) to.insert(to.end(), field->begin(), field->end());
}

inline Buffer payload_of(const std::vector<StoredRecord>& records) {
  Buffer payload;
  for (const StoredRecord& record : records) {
    Buffer body = {0};  // attributes
    append_varlong(body, record.timestamp_delta_ms);
    append_varlong(body, record.offset_delta);
    append_nullable(body, record.key);
    append_nullable(body, record.value);
    append_varlong(body, static_cast<std::int64_t>(record.headers.size()));
    for (const auto& [key, value] : record.headers) {
      append_nullable(body, key);
      append_nullable(body, value);
    }
    append_varlong(payload, static_cast<std::int64_t>(body.size()));
    payload.insert(payload.end(), body.begin(), body.end());
  }
  return payload;
}

inline Buffer batch_of(const StoredBatch& stored,
                       compression::Codec codec = compression::Codec::kNone) {
  Buffer batch(kBatchHeaderBytes);
  compression::Compressor compressor(codec);
  compressor.append(payload_of(stored.records));
  compressor.finish(batch);
  std::uint8_t* to = batch.data();
  store_be(to + batch_field::kBaseOffset, stored.base_offset);
  store_be(to + batch_field::kBatchLength,
           static_cast<std::int32_t>(batch.size() - kBatchPrefixBytes));
  store_be<std::int32_t>(to + batch_field::kLeaderEpoch, 7);
  store_be<std::int8_t>(to + batch_field::kMagic, 2);
  store_be(to + batch_field::kAttributes,
           static_cast<std::int16_t>(stored.attributes | static_cast<int>(codec)));
  store_be(to + batch_field::kLastOffsetDelta, stored.last_offset_delta);
  store_be(to + batch_field::kBaseTimestamp, stored.base_timestamp_ms);
  store_be(to + batch_field::kMaxTimestamp, stored.max_timestamp_ms);
  store_be(to + batch_field::kProducerId, stored.producer_id);
  store_be(to + batch_field::kProducerEpoch, stored.producer_epoch);
  store_be(to + batch_field::kBaseSequence, stored.base_sequence);
  store_be(to + batch_field::kRecordCount, static_cast<std::int32_t>(stored.records.size()));
  write_crc(batch);
  return batch;
}

}  // namespace kmirror::protocol::testing
