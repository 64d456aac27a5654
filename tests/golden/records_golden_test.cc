// Record batches that Kafka's classes wrote: ours must read the same records in them, build the
// same bytes from them, and survive whatever becomes of the bytes.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "base/join.h"
#include "golden_records.h"
#include "proof.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/header_patch.h"
#include "protocol/records/legacy_cursor.h"
#include "protocol/records/record_stream.h"

namespace kmirror::golden {
namespace {

using Json = nlohmann::json;
using protocol::BatchReader;
using protocol::BatchView;
using protocol::LegacyMessageView;
using Step = BatchReader::Step;

Step step_behind_the_last(ConstBytes records) {
  BatchReader reader(records);
  Step step = reader.next();
  while (step == Step::kBatch || step == Step::kLegacy) step = reader.next();
  return step;
}

TEST(RecordsGolden, EveryFormatCodecAndShapeIsThere) {
  std::set<std::string> names;
  for (const GoldenRecords& records : golden_records()) names.insert(records.name);
  EXPECT_EQ(names.size(), 239);
  for (const int magic : {0, 1, 2}) {
    for (const char* codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
      if (magic < 2 && codec == std::string("zstd")) continue;
      for (const char* shape : {"one", "many", "nulls", "empty", "large", "holes", "several"}) {
        EXPECT_TRUE(names.contains(fmt::format("format {}, {}, {}", magic, codec, shape)));
      }
    }
  }
}

TEST(RecordsGolden, ReadsWhatJavaReads) {
  Count batches("batches and messages of Java's read");
  Count records_read("records of Java's read");
  for (const GoldenRecords& records : golden_records()) {
    SCOPED_TRACE(records.name);
    const std::vector<ConstBytes> entries = whole_entries(records.bytes);
    ASSERT_EQ(entries.size(), records.batches.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      EXPECT_EQ(describe(entries[i]), records.batches[i]);
      batches.add(1);
      records_read.add(records.batches[i]["records"].size());
      size += entries[i].size();
    }
    EXPECT_EQ(size, records.valid_bytes);
    const bool is_cut = records.valid_bytes < records.bytes.size();
    EXPECT_EQ(step_behind_the_last(records.bytes), is_cut ? Step::kPartial : Step::kEnd);
  }
}

TEST(RecordsGolden, TellsOfATruncatedInnerMessage) {
  Count wrappers("wrappers asked whether they are truncated");
  for (const GoldenEntry& entry : golden_messages()) {
    const LegacyMessageView message(entry.bytes);
    protocol::LegacyCursor cursor(message, protocol::kDefaultMaxRecordBytes);
    for (protocol::LegacyRecord record; cursor.next(record);) continue;
    EXPECT_EQ(cursor.is_truncated(), entry.name.find("truncated") != std::string::npos);
    wrappers.add(message.is_compressed() ? 1 : 0);
  }
}

TEST(RecordsGolden, EveryPrefixIsWholeBatchesAndAPart) {
  Count prefixes("prefixes of Java's batches read");
  for (const GoldenRecords& records : golden_records()) {
    std::size_t whole = 0;
    auto next = records.batches.begin();
    for (std::size_t size = 0; size <= records.valid_bytes; ++size) {
      if (next != records.batches.end() && size == whole + (*next)["size"].get<std::size_t>()) {
        whole = size;
        ++next;
      }
      // In memory of its own, so that a sanitizer sees any byte read beyond it. Of large ones only
      // those around the ends of batches.
      if (size - whole > 200 && size % 997 != 0) continue;
      const Buffer prefix(records.bytes.begin(), records.bytes.begin() + static_cast<long>(size));
      ASSERT_EQ(step_behind_the_last(prefix), size == whole ? Step::kEnd : Step::kPartial)
          << records.name << ": " << size << " bytes";
      prefixes.add(1);
    }
  }
}

// What a producer sends is a batch without holes, marks, and times of a broker.
bool can_be_built(const BatchView& batch) {
  return batch.record_count() > 0 && !batch.has_holes() && !batch.is_control() &&
         !batch.has_delete_horizon() &&
         batch.timestamp_type() == protocol::TimestampType::kCreateTime;
}

Buffer build(const std::vector<OwnedRecord>& records, compression::Codec codec) {
  protocol::BatchBuilder builder(codec);
  for (const OwnedRecord& record : records) {
    std::vector<protocol::RecordHeader> headers;
    for (const auto& [key, value] : record.headers) headers.push_back({key, value});
    builder.append(record.timestamp_ms, record.key, record.value, headers);
  }
  const protocol::BuiltBatch built = builder.finish();
  return join(built.pieces);
}

// Base offset and leader epoch are a broker's; a mark of a transaction is none of the builder's.
Buffer as_produced(ConstBytes batch, const BatchView& by) {
  Buffer bytes(batch.begin(), batch.end());
  protocol::patch_for_produce(bytes, {by.producer_id(), by.producer_epoch(), by.base_sequence()});
  return bytes;
}

TEST(RecordsGolden, BuildsTheSameBytes) {
  Count built("batches built byte by byte as Java's");
  for (const GoldenEntry& entry : golden_batches()) {
    SCOPED_TRACE(entry.name);
    const BatchView batch(entry.bytes);
    if (!can_be_built(batch) || batch.codec() != compression::Codec::kNone) continue;
    Buffer ours = as_produced(build(read_records(entry.bytes), compression::Codec::kNone), batch);
    EXPECT_EQ(ours, as_produced(entry.bytes, batch));
    if (!batch.is_transactional()) {
      store_be(ours.data() + protocol::batch_field::kBaseOffset, batch.base_offset());
      store_be(ours.data() + protocol::batch_field::kLeaderEpoch, batch.leader_epoch());
      EXPECT_EQ(ours, entry.bytes);
    }
    built.add(1);
  }
}

TEST(RecordsGolden, BuildsTheSameRecordsInEveryCodec) {
  Count built("batches built with a codec and read again");
  for (const GoldenEntry& entry : golden_batches()) {
    SCOPED_TRACE(entry.name);
    const BatchView batch(entry.bytes);
    if (!can_be_built(batch)) continue;
    const std::vector<OwnedRecord> records = read_records(entry.bytes);
    Buffer ours = build(records, *batch.codec());
    store_be(ours.data() + protocol::batch_field::kBaseOffset, batch.base_offset());
    EXPECT_EQ(BatchView(ours).codec(), batch.codec());
    EXPECT_EQ(BatchView(ours).max_timestamp_ms(), batch.max_timestamp_ms());
    EXPECT_EQ(read_records(ours), records);
    built.add(1);
  }
}

}  // namespace
}  // namespace kmirror::golden
