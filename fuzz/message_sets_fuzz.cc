// A message set of formats 0 and 1, in the forms of packed_records.h. What is converted to format 2
// holds the same records.
#include "base/check.h"
#include "fuzz/codec_memory.h"
#include "fuzz/memory_limit.h"
#include "fuzz/packed_records.h"
#include "fuzz/plain_records.h"
#include "fuzz/target.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/legacy_cursor.h"
#include "protocol/records/open_batch.h"

namespace kmirror::fuzz {
namespace {

using protocol::BatchReader;
using protocol::LegacyCursor;
using protocol::LegacyMessageView;
using protocol::OpenedBatch;

constexpr std::size_t kLimitBytes = 256 * 1024;
constexpr std::size_t kMaxBatchBytes = 1000;
constexpr std::size_t kMemoryBytes = 1 << 20;  // the payload while it grows

// Decompressed as it goes; more memory than for one message is not needed, however many there are.
void read_stream(const LegacyMessageView& message) {
  const MemoryLimit limit(kMemoryBytes + codec_memory(message.bytes()));
  LegacyCursor stream(message, kLimitBytes);
  protocol::LegacyRecord record;
  for (std::size_t count = 0; count < kLimitBytes && stream.next(record);) ++count;
}

void convert(const LegacyMessageView& message, ConstBytes payload) {
  LegacyCursor cursor(message, payload);
  const PlainRecords records = plain_records(cursor);
  LegacyCursor stream(message, kLimitBytes);
  KM_CHECK(plain_records(stream) == records, "decompressed as they go, the records are the same");
  KM_CHECK(stream.ok() == cursor.ok(), "and as sound");

  protocol::Splitter splitter(1, compression::Codec::kNone, kMaxBatchBytes);
  if (splitter.add(message, payload, 0)) {
    KM_CHECK(splitter.finish().empty(), "nothing of a malformed message is taken");
    return;
  }
  KM_CHECK(cursor.ok(), "only what is sound is converted");
  PlainRecords wanted;
  for (const PlainRecord& record : records) {
    if (record.offset >= 0) wanted.push_back(record);
  }
  KM_CHECK(without_offsets(plain_records(splitter)[0]) == without_offsets(wanted),
           "in format 2 the records are the same");
}

void read_entry(ConstBytes bytes) {
  const LegacyMessageView message(bytes);
  if (!message.ok()) return;
  KM_CHECK(message.is_crc_valid(), "it has the right checksum");
  read_stream(message);
  Buffer scratch;
  OpenedBatch opened;
  {
    const MemoryLimit limit(kMemoryBytes + codec_memory(message.bytes()));
    opened = open_message(message, kLimitBytes, scratch);
  }
  if (opened.error == protocol::OpenError::kNone) convert(message, opened.payload);
}

KMIRROR_FUZZ_TARGET(message_sets) {
  const Buffer records = packed_messages(input);
  BatchReader reader(records);
  BatchReader::Step step;
  while ((step = reader.next()) == BatchReader::Step::kBatch ||
         step == BatchReader::Step::kLegacy) {
    if (step == BatchReader::Step::kLegacy) read_entry(reader.bytes());
  }
}

}  // namespace
}  // namespace kmirror::fuzz
