// Record batches that Kafka's classes wrote: ours must read the same records in them, build the
// same bytes from them, and survive whatever becomes of the bytes.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "golden_records.h"
#include "proof.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/header_patch.h"

namespace kmirror::golden {
namespace {

using Json = nlohmann::json;
using protocol::BatchReader;
using protocol::BatchView;
using Step = BatchReader::Step;

bool is_entry(Step step) {
  return step == Step::kBatch || step == Step::kLegacy;
}

Step step_behind_the_last(BatchReader& reader) {
  Step step = reader.next();
  while (is_entry(step)) step = reader.next();
  return step;
}

TEST(RecordsGolden, EveryFormatCodecAndShapeIsThere) {
  std::set<std::string> names;
  for (const GoldenRecords& records : golden_records()) names.insert(records.name);
  EXPECT_EQ(names.size(), 233);
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
  Count batches("batches of Java's read");
  Count records_read("records of Java's batches read");
  for (const GoldenRecords& records : golden_records()) {
    SCOPED_TRACE(records.name);
    BatchReader reader(records.bytes);
    std::size_t size = 0;
    for (const Json& expected : records.batches) {
      ASSERT_TRUE(is_entry(reader.next())) << reader.malformed().what;
      size += reader.bytes().size();
      if (expected["magic"] < 2) continue;
      EXPECT_TRUE(reader.batch().is_crc_valid());
      EXPECT_EQ(describe(reader.batch()), expected);
      batches.add(1);
      records_read.add(expected["records"].size());
    }
    EXPECT_EQ(size, records.valid_bytes);
    const bool is_cut = records.valid_bytes < records.bytes.size();
    EXPECT_EQ(reader.next(), is_cut ? Step::kPartial : Step::kEnd);
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
      BatchReader reader(prefix);
      ASSERT_EQ(step_behind_the_last(reader), size == whole ? Step::kEnd : Step::kPartial)
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
  Buffer bytes;
  for (const ConstBytes piece : built.pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
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
    Buffer ours = as_produced(build(read_records(batch), compression::Codec::kNone), batch);
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
    const std::vector<OwnedRecord> records = read_records(batch);
    Buffer ours = build(records, *batch.codec());
    store_be(ours.data() + protocol::batch_field::kBaseOffset, batch.base_offset());
    EXPECT_EQ(BatchView(ours).codec(), batch.codec());
    EXPECT_EQ(BatchView(ours).max_timestamp_ms(), batch.max_timestamp_ms());
    EXPECT_EQ(read_records(BatchView(ours)), records);
    built.add(1);
  }
}

}  // namespace
}  // namespace kmirror::golden
