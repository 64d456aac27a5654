#include "fuzz/plain_records.h"

#include <utility>

#include "base/check.h"
#include "base/join.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::fuzz {
namespace {

constexpr std::size_t kLimitBytes = 1 << 20;

std::optional<Buffer> copy_of(const std::optional<ConstBytes>& field) {
  if (!field) return std::nullopt;
  return Buffer(field->begin(), field->end());
}

decltype(PlainRecord::headers) headers_of(const protocol::RecordView& record) {
  decltype(PlainRecord::headers) all;
  protocol::HeaderCursor headers(record);
  protocol::RecordHeader header;
  while (headers.next(header)) {
    all.emplace_back(Buffer(header.key.begin(), header.key.end()), copy_of(header.value));
  }
  return all;
}

}  // namespace

PlainRecords plain_records(const protocol::BatchView& batch, ConstBytes payload) {
  PlainRecords all;
  protocol::RecordCursor cursor(payload, batch.record_count());
  protocol::RecordView record;
  while (cursor.next(record)) {
    all.push_back({.offset = batch.offset_at(record.offset_delta),
                   .timestamp_ms = batch.timestamp_at(record.timestamp_delta_ms),
                   .key = copy_of(record.key),
                   .value = copy_of(record.value),
                   .headers = headers_of(record)});
  }
  KM_CHECK(cursor.ok(), "the payload is sound");
  return all;
}

PlainRecords plain_records(protocol::LegacyCursor& cursor) {
  PlainRecords all;
  protocol::LegacyRecord record;
  while (cursor.next(record)) {
    all.push_back({.offset = record.offset,
                   .timestamp_ms = record.timestamp_ms,
                   .key = copy_of(record.key),
                   .value = copy_of(record.value),
                   .headers = {}});
  }
  return all;
}

std::map<std::int32_t, PlainRecords> plain_records(protocol::Splitter& splitter) {
  std::map<std::int32_t, PlainRecords> all;
  for (const protocol::SplitBatch& split : splitter.finish()) {
    Buffer bytes = join(split.batch.pieces);
    const protocol::BatchView batch(bytes);
    Buffer scratch;
    const protocol::OpenedBatch opened = open_batch(batch, kLimitBytes, scratch);
    KM_CHECK(opened.error == protocol::OpenError::kNone, "a built batch can be opened");
    std::int64_t offset = 0;
    for (PlainRecord& record : plain_records(batch, opened.payload)) {
      KM_CHECK(record.offset == offset++, "offsets count from 0");
      all[split.partition].push_back(std::move(record));
    }
  }
  return all;
}

PlainRecords without_offsets(PlainRecords records) {
  for (PlainRecord& record : records) record.offset = 0;
  return records;
}

}  // namespace kmirror::fuzz
