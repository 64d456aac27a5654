// For tests: record batches as a source stores them and as windows send them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/crc32c.h"
#include "mirror/core/outgoing_batch.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::mirror {

struct TestRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
  bool operator==(const TestRecord&) const = default;
};

// How a source batch differs from a plain one.
struct TestBatch {
  std::int64_t base_offset = 0;
  std::vector<TestRecord> records;
  compression::Codec codec = compression::Codec::kNone;
  std::int16_t attributes = 0;  // besides the codec
  std::int32_t leader_epoch = 4;
  std::int64_t producer_id = -1;
  std::int64_t timestamp_ms = 1'000'000;
};

inline Buffer flatten(std::span<const ConstBytes> pieces) {
  Buffer bytes;
  for (const ConstBytes piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

inline void mend_crc(MutableBytes batch) {
  using protocol::batch_field::kAttributes;
  store_be(batch.data() + protocol::batch_field::kCrc, crc32c(batch.subspan(kAttributes)));
}

inline Buffer source_batch(const TestBatch& wanted) {
  const auto bytes_of = [](const std::optional<std::string>& text) {
    return text ? std::optional(as_bytes(*text)) : std::nullopt;
  };
  protocol::BatchBuilder builder(wanted.codec);
  std::int64_t timestamp_ms = wanted.timestamp_ms;
  for (const TestRecord& record : wanted.records) {
    builder.append(timestamp_ms++, bytes_of(record.key), bytes_of(record.value));
  }
  Buffer bytes = flatten(builder.finish().pieces);
  namespace field = protocol::batch_field;
  store_be(bytes.data() + field::kBaseOffset, wanted.base_offset);
  store_be(bytes.data() + field::kLeaderEpoch, wanted.leader_epoch);
  store_be(bytes.data() + field::kProducerId, wanted.producer_id);
  const auto codec = static_cast<std::int16_t>(wanted.codec);
  store_be(bytes.data() + field::kAttributes, static_cast<std::int16_t>(codec | wanted.attributes));
  mend_crc(bytes);
  return bytes;
}

// `count` records "<first>", "<first + 1>", ... without keys, which begin at that offset.
inline TestBatch numbered_batch(std::int64_t first, int count,
                                compression::Codec codec = compression::Codec::kNone) {
  TestBatch batch{.base_offset = first, .records = {}, .codec = codec};
  for (int i = 0; i < count; ++i)
    batch.records.push_back({std::nullopt, std::to_string(first + i)});
  return batch;
}

// The marker that ends a transaction.
inline TestBatch marker_batch(std::int64_t offset, std::int64_t producer_id, bool commit) {
  const std::string key{'\0', '\0', '\0', static_cast<char>(commit)};
  return {
      .base_offset = offset,
      .records = {{key, std::string(6, '\0')}},
      .attributes = protocol::batch_attribute::kControl | protocol::batch_attribute::kTransactional,
      .producer_id = producer_id};
}

// The records of a batch as a reader at the destination sees them.
inline std::vector<TestRecord> records_of(const OutgoingBatch& batch) {
  const Buffer bytes = flatten(batch.records.slices());
  const protocol::BatchView view{ConstBytes(bytes)};
  Buffer scratch;
  const auto opened = protocol::open_batch(view, 1 << 24, scratch);
  KM_CHECK(opened.error == protocol::OpenError::kNone, "what is sent can be read");
  protocol::RecordCursor cursor(opened.payload, view.record_count());
  protocol::RecordView record;
  std::vector<TestRecord> records;
  const auto text = [](const std::optional<ConstBytes>& field) {
    return field ? std::optional(std::string(as_text(*field))) : std::nullopt;
  };
  while (cursor.next(record)) records.push_back({text(record.key), text(record.value)});
  KM_CHECK(cursor.ok(), "what is sent can be read");
  return records;
}

// A batch for a window, of `count` records; `entry` is its name in a test.
inline OutgoingBatch outgoing_batch(Progress::Entry entry, int count, Lane* lane = nullptr) {
  protocol::BatchBuilder builder(compression::Codec::kNone);
  for (int i = 0; i < count; ++i) builder.append(0, std::nullopt, as_bytes("x"));
  OutgoingBatch batch;
  batch.built = std::make_shared<protocol::BuiltBatch>(builder.finish());
  for (const ConstBytes piece : batch.built->pieces) batch.records.append(piece);
  batch.header = batch.built->header;
  batch.record_count = count;
  batch.entry = entry;
  batch.lane = lane;
  return batch;
}

}  // namespace kmirror::mirror
