// Record batches as message sets of format 1: what can be converted holds the same records. The
// first byte chooses the codec of the set and, by its bit 2, whether it is for a broker; the rest
// has the forms of packed_records.h.
#include "base/check.h"
#include "fuzz/codec_memory.h"
#include "fuzz/memory_limit.h"
#include "fuzz/packed_records.h"
#include "fuzz/plain_records.h"
#include "fuzz/target.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/down_converter.h"
#include "protocol/records/open_batch.h"

namespace kmirror::fuzz {
namespace {

using compression::Codec;
using protocol::BatchReader;
using protocol::BatchView;
using protocol::DownConversion;
using protocol::MessageSetUse;

constexpr std::size_t kLimitBytes = 256 * 1024;
constexpr std::size_t kMaxMessageBytes = 1 << 20;
constexpr std::size_t kMemoryBytes = 1 << 20;  // the payload while it grows

PlainRecords records_of(ConstBytes set) {
  PlainRecords all;
  BatchReader reader(set);
  while (reader.next() == BatchReader::Step::kLegacy) {
    const protocol::LegacyMessageView message(reader.bytes());
    KM_CHECK(message.ok() && message.is_crc_valid(), "a written message can be read");
    protocol::LegacyCursor cursor(message, kMaxMessageBytes);
    for (PlainRecord& record : plain_records(cursor)) all.push_back(std::move(record));
    KM_CHECK(cursor.ok(), "and what is within it");
  }
  KM_CHECK(reader.next() == BatchReader::Step::kEnd, "the set is whole");
  return all;
}

void convert(const BatchView& batch, const DownConversion& wanted) {
  Buffer scratch;
  protocol::OpenedBatch opened;
  {
    const MemoryLimit limit(kMemoryBytes + codec_memory(batch.payload()));
    opened = open_batch(batch, kLimitBytes, scratch);
  }
  if (opened.error != protocol::OpenError::kNone) return;
  protocol::MessageSet set;
  if (convert_down(batch, opened.payload, wanted, set)) {
    KM_CHECK(set.bytes.empty(), "nothing of a malformed batch is converted");
    return;
  }
  const PlainRecords converted = records_of(set.bytes);
  KM_CHECK(converted.size() == static_cast<std::size_t>(set.record_count), "as many as it says");
  if (batch.is_control()) {
    KM_CHECK(converted.empty(), "control records are left out");
    return;
  }
  PlainRecords records = plain_records(batch, opened.payload);
  std::int64_t produced = 0;
  for (PlainRecord& record : records) {
    record.headers.clear();  // format 1 has none
    if (wanted.use == MessageSetUse::kProduce) record.offset = produced++;
  }
  KM_CHECK(converted == records, "the records are the same");
}

KMIRROR_FUZZ_TARGET(down_conversion) {
  if (input.empty()) return;
  const DownConversion wanted{
      .use = (input[0] & 4) != 0 ? MessageSetUse::kProduce : MessageSetUse::kFetch,
      .codec = static_cast<Codec>(input[0] % 4),
      .first_offset = 0};
  const Buffer records = packed_batches(input.subspan(1));
  BatchReader reader(records);
  BatchReader::Step step;
  while ((step = reader.next()) == BatchReader::Step::kBatch ||
         step == BatchReader::Step::kLegacy) {
    if (step == BatchReader::Step::kBatch) convert(reader.batch(), wanted);
  }
}

}  // namespace
}  // namespace kmirror::fuzz
