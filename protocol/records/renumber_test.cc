// What compaction leaves, made into batches that a broker takes: a splitter with one partition.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "base/join.h"
#include "protocol/records/golden_batches.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/records/splitter.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;
using testing::batch_of;
using testing::StoredBatch;
using testing::StoredRecord;

constexpr std::size_t kLimit = 1 << 24;
constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

// Offsets 1003, 1305 and 1307 are left of 1000 to 1399. The second record is the latest one.
StoredBatch compacted() {
  return {.base_offset = 1000,
          .last_offset_delta = 399,
          .base_timestamp_ms = 5000,
          .max_timestamp_ms = 9000,
          .records = {{.timestamp_delta_ms = 3, .offset_delta = 3, .key = "a", .value = "one"},
                      {.timestamp_delta_ms = 4000,
                       .offset_delta = 305,
                       .key = "b",
                       .value = std::nullopt,
                       .headers = {{"h", "x"}, {"", std::nullopt}}},
                      {.timestamp_delta_ms = -7,
                       .offset_delta = 307,
                       .key = std::nullopt,
                       .value = std::string(600, 'v')}}};
}

struct Renumbered {
  std::optional<Malformed> malformed;
  std::vector<Buffer> batches;
};

Renumbered renumber(const Buffer& source, Codec codec, std::int64_t first_offset = 0) {
  const BatchView view(source);
  Buffer scratch;
  const OpenedBatch opened = open_batch(view, kLimit, scratch);
  EXPECT_EQ(opened.error, OpenError::kNone);
  Splitter splitter(1, codec, kLimit);
  Renumbered result;
  result.malformed = splitter.add(view, opened.payload, first_offset, nullptr);
  for (const SplitBatch& split : splitter.finish()) {
    result.batches.push_back(join(split.batch.pieces));
  }
  return result;
}

Buffer payload_of(const Buffer& batch) {
  Buffer scratch;
  const OpenedBatch opened = open_batch(BatchView(batch), kLimit, scratch);
  EXPECT_EQ(opened.error, OpenError::kNone);
  return {opened.payload.begin(), opened.payload.end()};
}

TEST(RenumberTest, DeltasBecomeOneAfterTheOtherFromZero) {
  std::vector<StoredRecord> expected = compacted().records;
  const std::int64_t base_ms = 5003;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i].offset_delta = static_cast<std::int32_t>(i);
    expected[i].timestamp_delta_ms += 5000 - base_ms;
  }
  for (const Codec from : kCodecs) {
    for (const Codec to : kCodecs) {
      SCOPED_TRACE(static_cast<int>(from) * 10 + static_cast<int>(to));
      const Buffer source = batch_of(compacted(), from);
      ASSERT_TRUE(BatchView(source).has_holes());
      const Renumbered result = renumber(source, to);
      ASSERT_FALSE(result.malformed);
      ASSERT_EQ(result.batches.size(), 1U);
      const BatchView view(result.batches[0]);
      EXPECT_EQ(view.base_offset(), 0);
      EXPECT_EQ(view.last_offset_delta(), 2);
      EXPECT_EQ(view.record_count(), 3);
      EXPECT_FALSE(view.has_holes());
      EXPECT_EQ(view.codec(), to);
      EXPECT_EQ(view.base_timestamp_ms(), base_ms);
      EXPECT_EQ(view.batch_length() + kBatchPrefixBytes, result.batches[0].size());
      EXPECT_TRUE(view.is_crc_valid());
      // Byte for byte: with the smaller offset deltas the records are shorter, and so are their
      // lengths.
      EXPECT_EQ(payload_of(result.batches[0]), testing::payload_of(expected));
    }
  }
}

TEST(RenumberTest, MaxTimestampIsThatOfTheRecordsLeft) {
  StoredBatch stored = compacted();
  stored.max_timestamp_ms = 99'999;  // of a record that compaction took
  const Renumbered result = renumber(batch_of(stored), Codec::kNone);
  EXPECT_EQ(BatchView(result.batches.at(0)).max_timestamp_ms(), 9000);
}

TEST(RenumberTest, DeleteHorizonIsClearedAndTimestampsStay) {
  StoredBatch stored = compacted();
  stored.attributes = batch_attribute::kDeleteHorizon;
  stored.base_timestamp_ms = 86'400'000;  // the horizon, which the deltas refer to
  for (StoredRecord& record : stored.records) record.timestamp_delta_ms += 5000 - 86'400'000;
  const Renumbered result = renumber(batch_of(stored, Codec::kLz4), Codec::kLz4);
  EXPECT_EQ(result.batches, renumber(batch_of(compacted()), Codec::kLz4).batches);
  EXPECT_FALSE(BatchView(result.batches.at(0)).has_delete_horizon());
}

TEST(RenumberTest, AsJavasCleanerWroteIt) {
  const Renumbered result = renumber(golden::kCompacted, Codec::kNone);
  const BatchView view(result.batches.at(0));
  EXPECT_FALSE(view.has_delete_horizon());
  EXPECT_EQ(view.record_count(), 2);
  EXPECT_EQ(view.base_timestamp_ms(), 1700000000005);
  EXPECT_EQ(view.max_timestamp_ms(), 1700000000005);
  RecordCursor cursor(view.payload(), 2);
  RecordView record;
  ASSERT_TRUE(cursor.next(record));
  EXPECT_EQ(record.offset_delta, 0);
  EXPECT_EQ(record.header_count, 3);
  ASSERT_TRUE(cursor.next(record));
  EXPECT_EQ(record.offset_delta, 1);
  EXPECT_EQ(record.timestamp_delta_ms, 1699999999999 - 1700000000005);
}

TEST(RenumberTest, ProducerFieldsAreLeftToTheMirror) {
  StoredBatch stored = compacted();
  stored.attributes = batch_attribute::kTransactional;
  stored.producer_id = 4711;
  stored.producer_epoch = 3;
  stored.base_sequence = 42;
  EXPECT_EQ(renumber(batch_of(stored), Codec::kNone).batches,
            renumber(batch_of(compacted()), Codec::kNone).batches);
}

TEST(RenumberTest, AppendTimeGoesToEveryRecord) {
  StoredBatch stored = compacted();
  stored.attributes = batch_attribute::kLogAppendTime;
  const Renumbered result = renumber(batch_of(stored), Codec::kNone);
  const BatchView view(result.batches.at(0));
  EXPECT_EQ(view.timestamp_type(), TimestampType::kCreateTime);
  EXPECT_EQ(view.base_timestamp_ms(), 9000);
  EXPECT_EQ(view.max_timestamp_ms(), 9000);
}

TEST(RenumberTest, EmptyBatchGivesNothing) {
  for (const auto attributes : {0, 0x40, 0x10, 0x03}) {
    const StoredBatch stored = {.base_offset = 100,
                                .attributes = static_cast<std::int16_t>(attributes),
                                .last_offset_delta = 9,
                                .base_timestamp_ms = -1,
                                .max_timestamp_ms = -1,
                                .records = {}};
    const Renumbered result = renumber(batch_of(stored), Codec::kZstd);
    EXPECT_FALSE(result.malformed);
    EXPECT_TRUE(result.batches.empty());
  }
}

TEST(RenumberTest, RecordsBelowTheFirstOffsetAreLeftOut) {
  const Buffer source = batch_of(compacted(), Codec::kGzip);
  const Renumbered middle = renumber(source, Codec::kNone, 1305);
  EXPECT_EQ(BatchView(middle.batches.at(0)).record_count(), 2);
  EXPECT_EQ(BatchView(middle.batches.at(0)).base_timestamp_ms(), 9000);
  const Renumbered last = renumber(source, Codec::kNone, 1306);
  EXPECT_EQ(BatchView(last.batches.at(0)).record_count(), 1);
  EXPECT_TRUE(renumber(source, Codec::kNone, 1308).batches.empty()) << "only the hole is left";
}

// Brokers of 0.11 to 2.3 stored what miscounting clients sent.
TEST(RenumberTest, DeltasBehindTheLastOneAreKept) {
  StoredBatch stored = compacted();
  stored.last_offset_delta = 2;
  const Renumbered result = renumber(batch_of(stored), Codec::kNone);
  EXPECT_EQ(result.batches, renumber(batch_of(compacted()), Codec::kNone).batches);
}

TEST(RenumberTest, NegativeDeltaIsMalformed) {
  StoredBatch stored = compacted();
  stored.records[1].offset_delta = -1;
  const Buffer source = batch_of(stored);
  const Renumbered result = renumber(source, Codec::kNone, 1000);
  ASSERT_TRUE(result.malformed);
  EXPECT_STREQ(result.malformed->what, "offset delta is negative");
  EXPECT_EQ(result.malformed->position, 11U) << "where the second record begins";
  EXPECT_TRUE(result.batches.empty());
}

TEST(RenumberTest, OffsetBeyondInt64IsMalformed) {
  StoredBatch stored = compacted();
  stored.base_offset = std::numeric_limits<std::int64_t>::max() - 306;
  stored.last_offset_delta = 2;
  const Renumbered result = renumber(batch_of(stored), Codec::kNone, stored.base_offset);
  ASSERT_TRUE(result.malformed);
  EXPECT_STREQ(result.malformed->what, "offset overflows");
  EXPECT_TRUE(result.batches.empty());
}

}  // namespace
}  // namespace kmirror::protocol
