#include "mirror/testing/batches.h"

#include "base/check.h"
#include "base/crc32c.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::mirror {

Buffer flatten(std::span<const ConstBytes> pieces) {
  Buffer bytes;
  for (const ConstBytes piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

void mend_crc(MutableBytes batch) {
  using protocol::batch_field::kAttributes;
  store_be(batch.data() + protocol::batch_field::kCrc, crc32c(batch.subspan(kAttributes)));
}

Buffer source_batch(const TestBatch& wanted) {
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

TestBatch numbered_batch(std::int64_t first, int count, compression::Codec codec) {
  TestBatch batch{.base_offset = first, .records = {}, .codec = codec};
  for (int i = 0; i < count; ++i)
    batch.records.push_back({std::nullopt, std::to_string(first + i)});
  return batch;
}

TestBatch marker_batch(std::int64_t offset, std::int64_t producer_id, bool commit) {
  const std::string key{'\0', '\0', '\0', static_cast<char>(commit)};
  return {
      .base_offset = offset,
      .records = {{key, std::string(6, '\0')}},
      .attributes = protocol::batch_attribute::kControl | protocol::batch_attribute::kTransactional,
      .producer_id = producer_id};
}

std::vector<TestRecord> records_of(const OutgoingBatch& batch) {
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

OutgoingBatch outgoing_batch(Progress::Entry entry, int count, Lane* lane) {
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
