// The records of a partition as a Fetch response carries them, in the forms of packed_records.h.
// What is split and built is read again.
#include <vector>

#include "base/check.h"
#include "fuzz/memory_limit.h"
#include "fuzz/packed_records.h"
#include "fuzz/target.h"
#include "protocol/records/aborted_filter.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/header_patch.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/records/record_stream.h"
#include "protocol/records/splitter.h"

namespace kmirror::fuzz {
namespace {

using compression::Codec;
using protocol::BatchReader;
using protocol::BatchView;
using protocol::OpenedBatch;
using protocol::RecordCursor;
using protocol::RecordView;

constexpr std::size_t kLimitBytes = 256 * 1024;
constexpr std::size_t kMaxBatchBytes = 1000;
constexpr std::size_t kWindowBytes = 64;  // smaller than many records
// The payload while it grows, contexts, the largest window of zstd.
constexpr std::size_t kMemoryBytes = (12 << 20) + (128 << 20);

struct Bodies {
  Buffer bytes;  // one behind the other
  std::size_t count = 0;

  bool operator==(const Bodies&) const = default;
};

// Of a RecordCursor or a RecordStream; more than are allowed are not read to their end.
Bodies bodies_of(auto& records) {
  Bodies bodies;
  RecordView record;
  while (bodies.bytes.size() <= kLimitBytes && records.next(record)) {
    bodies.bytes.insert(bodies.bytes.end(), record.body.begin(), record.body.end());
    ++bodies.count;
    protocol::HeaderCursor headers(record);
    protocol::RecordHeader header;
    while (headers.next(header)) KM_CHECK(header.key.size() < record.body.size(), "it is within");
  }
  return bodies;
}

OpenedBatch open_within_limit(const BatchView& batch, Buffer& scratch) {
  const MemoryLimit limit(kMemoryBytes);
  return open_batch(batch, kLimitBytes, scratch);
}

// Decompressed as it goes it has the same records, if `opened` holds any.
void read_stream(const BatchView& batch, const OpenedBatch& opened) {
  const MemoryLimit limit(kMemoryBytes);
  protocol::RecordStream stream(batch, kLimitBytes, kWindowBytes);
  const Bodies streamed = bodies_of(stream);
  if (opened.error != protocol::OpenError::kNone) return;
  RecordCursor cursor(opened.payload, batch.record_count());
  KM_CHECK(bodies_of(cursor) == streamed, "the same records");
  KM_CHECK(stream.ok() == cursor.ok(), "as sound");
  KM_CHECK(stream.malformed().position == cursor.malformed().position, "or damaged as early");
}

// What the splitter makes of it for one partition.
Bodies rebuilt(protocol::Splitter& splitter) {
  Bodies all;
  for (const protocol::SplitBatch& split : splitter.finish()) {
    Buffer bytes;
    for (const ConstBytes piece : split.batch.pieces) {
      bytes.insert(bytes.end(), piece.begin(), piece.end());
    }
    const BatchView batch(bytes);
    Buffer scratch;
    const OpenedBatch opened = open_batch(batch, kLimitBytes, scratch);
    KM_CHECK(opened.error == protocol::OpenError::kNone, "a built batch can be opened");
    RecordCursor cursor(opened.payload, batch.record_count());
    const Bodies part = bodies_of(cursor);
    KM_CHECK(cursor.ok(), "and read");
    all.bytes.insert(all.bytes.end(), part.bytes.begin(), part.bytes.end());
    all.count += part.count;
  }
  return all;
}

void split(const BatchView& batch, ConstBytes payload, Codec codec) {
  protocol::Splitter splitter(1, codec, kMaxBatchBytes);
  if (splitter.add(batch, payload, batch.base_offset(), nullptr)) {
    KM_CHECK(splitter.finish().empty(), "nothing of a malformed batch is taken");
    return;
  }
  RecordCursor cursor(payload, batch.record_count());
  KM_CHECK(rebuilt(splitter) == bodies_of(cursor), "the records are the same");
}

void read_batch(MutableBytes bytes, protocol::AbortedFilter& filter) {
  const BatchView batch(bytes);
  filter.judge(batch);
  Buffer scratch;
  const OpenedBatch opened = open_within_limit(batch, scratch);
  read_stream(batch, opened);
  if (opened.error == protocol::OpenError::kNone) {
    split(batch, opened.payload, Codec::kNone);
    split(batch, opened.payload, Codec::kSnappy);
  }
  protocol::patch_for_produce(bytes, {.producer_id = 1, .producer_epoch = 2, .base_sequence = 3});
  KM_CHECK(batch.is_crc_valid(), "the checksum is mended");
}

KMIRROR_FUZZ_TARGET(batches) {
  Buffer records = packed_batches(input);
  protocol::AbortedFilter filter({{.producer_id = 1, .first_offset = 0}});
  BatchReader reader(records);
  BatchReader::Step step;
  while ((step = reader.next()) == BatchReader::Step::kBatch ||
         step == BatchReader::Step::kLegacy) {
    if (step == BatchReader::Step::kLegacy) continue;
    const auto position = static_cast<std::size_t>(reader.bytes().data() - records.data());
    read_batch(MutableBytes(records).subspan(position, reader.bytes().size()), filter);
  }
  KM_CHECK(reader.malformed().position <= records.size(), "it says where");
}

}  // namespace
}  // namespace kmirror::fuzz
