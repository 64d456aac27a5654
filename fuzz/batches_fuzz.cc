// The records of a partition as a Fetch response carries them, in the forms of packed_records.h.
// What is split and built is read again.
#include <algorithm>
#include <map>

#include "base/check.h"
#include "fuzz/codec_memory.h"
#include "fuzz/memory_limit.h"
#include "fuzz/packed_records.h"
#include "fuzz/plain_records.h"
#include "fuzz/target.h"
#include "protocol/records/aborted_filter.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/header_patch.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/records/record_stream.h"

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
constexpr int kMaxPartitions = 4;
constexpr std::size_t kWindowBytes = 64;       // smaller than many records
constexpr std::size_t kMemoryBytes = 1 << 20;  // the payload while it grows

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
  const MemoryLimit limit(kMemoryBytes + codec_memory(batch.payload()));
  return open_batch(batch, kLimitBytes, scratch);
}

// Decompressed as it goes it has the same records, if `opened` holds any.
void read_stream(const BatchView& batch, const OpenedBatch& opened) {
  const MemoryLimit limit(kMemoryBytes + codec_memory(batch.payload()));
  protocol::RecordStream stream(batch, kLimitBytes, kWindowBytes);
  const Bodies streamed = bodies_of(stream);
  if (opened.error != protocol::OpenError::kNone) return;
  RecordCursor cursor(opened.payload, batch.record_count());
  KM_CHECK(bodies_of(cursor) == streamed, "the same records");
  KM_CHECK(stream.ok() == cursor.ok(), "as sound");
  KM_CHECK(stream.malformed().position == cursor.malformed().position, "or damaged as early");
}

// Each partition has some of the records, in their order.
void check_order(const PlainRecords& part, const PlainRecords& all) {
  auto next = all.begin();
  for (const PlainRecord& record : part) {
    next = std::find_if(next, all.end(),
                        [&record](const PlainRecord& other) { return record == other; });
    KM_CHECK(next != all.end(), "a partition keeps the order of the source");
    ++next;
  }
}

void split(const BatchView& batch, ConstBytes payload, Codec codec, std::int32_t partitions) {
  protocol::Splitter splitter(partitions, codec, kMaxBatchBytes);
  if (splitter.add(batch, payload, batch.base_offset(), nullptr)) {
    KM_CHECK(splitter.finish().empty(), "nothing of a malformed batch is taken");
    return;
  }
  PlainRecords records = without_offsets(plain_records(batch, payload));
  PlainRecords rebuilt;
  std::map<Buffer, std::int32_t> partition_of_key;
  for (auto& [partition, with_offsets] : plain_records(splitter)) {
    const PlainRecords part = without_offsets(std::move(with_offsets));
    KM_CHECK(partition >= 0 && partition < partitions, "there is such a partition");
    check_order(part, records);
    for (const PlainRecord& record : part) {
      if (!record.key) continue;
      const auto [known, is_new] = partition_of_key.emplace(*record.key, partition);
      KM_CHECK(known->second == partition, "a key has one partition");
    }
    rebuilt.insert(rebuilt.end(), part.begin(), part.end());
  }
  std::ranges::sort(rebuilt);
  std::ranges::sort(records);
  KM_CHECK(rebuilt == records, "together they have each record, once");
}

void read_batch(MutableBytes bytes, protocol::AbortedFilter& filter, std::int32_t partitions) {
  const BatchView batch(bytes);
  filter.judge(batch);
  Buffer scratch;
  const OpenedBatch opened = open_within_limit(batch, scratch);
  read_stream(batch, opened);
  if (opened.error == protocol::OpenError::kNone) {
    split(batch, opened.payload, Codec::kNone, partitions);
    split(batch, opened.payload, Codec::kSnappy, partitions);
  }
  protocol::patch_for_produce(bytes, {.producer_id = 1, .producer_epoch = 2, .base_sequence = 3});
  KM_CHECK(batch.is_crc_valid(), "the checksum is mended");
}

// The first byte chooses the form, and what is left of it how many partitions there are.
KMIRROR_FUZZ_TARGET(batches) {
  if (input.empty()) return;
  const std::int32_t partitions = 1 + input[0] / kBatchForms % kMaxPartitions;
  Buffer records = packed_batches(input);
  protocol::AbortedFilter filter({{.producer_id = 1, .first_offset = 0}});
  BatchReader reader(records);
  BatchReader::Step step;
  while ((step = reader.next()) == BatchReader::Step::kBatch ||
         step == BatchReader::Step::kLegacy) {
    if (step == BatchReader::Step::kLegacy) continue;
    const auto position = static_cast<std::size_t>(reader.bytes().data() - records.data());
    read_batch(MutableBytes(records).subspan(position, reader.bytes().size()), filter, partitions);
  }
  KM_CHECK(reader.malformed().position <= records.size(), "it says where");
}

}  // namespace
}  // namespace kmirror::fuzz
