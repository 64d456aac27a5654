#include "protocol/records/splitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/join.h"
#include "base/random.h"
#include "protocol/records/golden_batches.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/partitioner.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;

constexpr std::size_t kLimit = 1 << 24;

struct Record {
  std::int64_t timestamp_ms = 0;
  std::optional<std::string> key;
  std::string value;
  bool operator==(const Record&) const = default;
};

std::vector<Record> records_of(const BuiltBatch& batch) {
  const Buffer bytes = join(batch.pieces);
  const BatchView view(bytes);
  EXPECT_EQ(bytes.size(), batch.size_bytes);
  EXPECT_FALSE(view.has_holes());
  EXPECT_EQ(view.base_offset(), 0);
  EXPECT_EQ(view.record_count(), batch.record_count);
  Buffer scratch;
  const auto opened = open_batch(view, kLimit, scratch);
  EXPECT_EQ(opened.error, OpenError::kNone);
  RecordCursor cursor(opened.payload, view.record_count());
  RecordView record;
  std::vector<Record> records;
  std::int64_t max_timestamp_ms = std::numeric_limits<std::int64_t>::min();
  while (cursor.next(record)) {
    EXPECT_EQ(record.offset_delta, static_cast<std::int32_t>(records.size()));
    Record& r = records.emplace_back();
    r.timestamp_ms = view.base_timestamp_ms() + record.timestamp_delta_ms;
    if (record.key) r.key = std::string(as_text(*record.key));
    if (record.value) r.value = std::string(as_text(*record.value));
    max_timestamp_ms = std::max(max_timestamp_ms, r.timestamp_ms);
  }
  EXPECT_TRUE(cursor.ok());
  EXPECT_EQ(view.max_timestamp_ms(), max_timestamp_ms);
  return records;
}

std::vector<std::vector<Record>> by_partition(const std::vector<SplitBatch>& batches,
                                              std::size_t partitions) {
  std::vector<std::vector<Record>> result(partitions);
  std::int32_t last = 0;
  for (const auto& split : batches) {
    EXPECT_GE(split.partition, last) << "in order of partitions";
    last = split.partition;
    auto& records = result.at(static_cast<std::size_t>(split.partition));
    for (auto& record : records_of(split.batch)) records.push_back(std::move(record));
  }
  return result;
}

// Opens a batch and gives it to the splitter, with an owner that keeps what it points into.
std::optional<Malformed> add(Splitter& splitter, const Buffer& batch,
                             std::int64_t first_offset = 0) {
  struct Memory {
    Buffer batch, scratch;
  };
  const auto memory = std::make_shared<Memory>(Memory{batch, {}});
  const BatchView view(memory->batch);
  const auto opened = open_batch(view, kLimit, memory->scratch);
  EXPECT_EQ(opened.error, OpenError::kNone);
  return splitter.add(view, opened.payload, first_offset, memory);
}

TEST(SplitterTest, OnePartitionOnlyReEncodes) {
  for (const Buffer* source : {&golden::kPlain, &golden::kGzip, &golden::kLz4}) {
    Splitter splitter(1, Codec::kNone, kLimit);
    EXPECT_FALSE(add(splitter, *source));
    const auto batches = splitter.finish();
    ASSERT_EQ(batches.size(), 1U);
    EXPECT_EQ(batches[0].partition, 0);
    const Buffer bytes = join(batches[0].batch.pieces);
    EXPECT_TRUE(std::ranges::equal(ConstBytes(bytes).subspan(kBatchHeaderBytes),
                                   ConstBytes(golden::kPlain).subspan(kBatchHeaderBytes)));
  }
}

TEST(SplitterTest, DropsRecordsBelowAnOffset) {
  Splitter splitter(1, Codec::kNone, kLimit);
  EXPECT_FALSE(add(splitter, golden::kPlain, 1002));
  const auto records = by_partition(splitter.finish(), 1)[0];
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0], (Record{1699999999999, "tomb", ""}));
  EXPECT_FALSE(add(splitter, golden::kPlain, 1005));
  EXPECT_TRUE(splitter.finish().empty());
}

TEST(SplitterTest, RenumbersACompactedBatch) {
  Splitter splitter(1, Codec::kZstd, kLimit);
  EXPECT_FALSE(add(splitter, golden::kCompacted));
  EXPECT_FALSE(add(splitter, golden::kEmpty));
  EXPECT_EQ(by_partition(splitter.finish(), 1)[0],
            (std::vector<Record>{{1700000000005, std::nullopt, "value two"},
                                 {1699999999999, "tomb", ""}}));
}

TEST(SplitterTest, AppendTimeGoesToEveryRecord) {
  Splitter splitter(1, Codec::kNone, kLimit);
  EXPECT_FALSE(add(splitter, golden::kAppendTime));
  const auto batches = splitter.finish();
  const Buffer bytes = join(batches.at(0).batch.pieces);
  EXPECT_EQ(BatchView(bytes).timestamp_type(), TimestampType::kCreateTime);
  EXPECT_EQ(records_of(batches[0].batch),
            (std::vector<Record>{{1800000000000, "k", "v"}, {1800000000000, "l", "w"}}));
}

TEST(SplitterTest, NullTimestampStaysNull) {
  Splitter splitter(1, Codec::kNone, kLimit);
  EXPECT_FALSE(add(splitter, golden::kNoTimestamp));
  EXPECT_EQ(by_partition(splitter.finish(), 1)[0], (std::vector<Record>{{-1, "k", "v"}}));
}

TEST(SplitterTest, MalformedBatchIsNotTakenAtAll) {
  Buffer bad = golden::kTransactional;
  bad[kBatchHeaderBytes + 17] = 0x7F;  // the second record's header count
  const BatchView view(bad);
  Splitter splitter(4, Codec::kNone, kLimit);
  const auto problem = splitter.add(view, view.payload(), 0, nullptr);
  ASSERT_TRUE(problem);
  EXPECT_STREQ(problem->what, "header count is negative");
  EXPECT_TRUE(splitter.finish().empty());
}

TEST(SplitterTest, ClosesBatchesAtTheLimit) {
  BatchBuilder builder(Codec::kNone);
  std::vector<std::size_t> sizes = {100, 100, 100, 900, 10, 10};
  for (const std::size_t size : sizes) builder.append(1, std::nullopt, Buffer(size, 'v'));
  const Buffer source = join(builder.finish().pieces);
  Splitter splitter(1, Codec::kNone, 300);
  EXPECT_FALSE(add(splitter, source));
  std::vector<std::vector<std::size_t>> built;
  for (const auto& split : splitter.finish()) {
    auto& batch = built.emplace_back();
    for (const auto& record : records_of(split.batch)) batch.push_back(record.value.size());
  }
  EXPECT_EQ(built, (std::vector<std::vector<std::size_t>>{{100, 100}, {100}, {900}, {10, 10}}));
}

// zstd's tables for larger inputs do not fit into a core's cache.
TEST(SplitterTest, BatchesToCompressAreNoLargerThanNeedBe) {
  const auto sizes_of = [](std::size_t source_records, int sources, Codec codec) {
    BatchBuilder builder(Codec::kNone);
    for (std::size_t i = 0; i < source_records; ++i) {
      builder.append(1, std::nullopt, Buffer(1000, 'v'));
    }
    const Buffer source = join(builder.finish().pieces);
    Splitter splitter(1, codec, 400'000);
    for (int i = 0; i < sources; ++i) EXPECT_FALSE(add(splitter, source));
    std::vector<std::int32_t> counts;
    for (const auto& split : splitter.finish()) counts.push_back(split.batch.record_count);
    return counts;
  };
  EXPECT_EQ(sizes_of(50, 6, Codec::kNone), (std::vector<std::int32_t>{300}));
  EXPECT_EQ(sizes_of(50, 6, Codec::kZstd), (std::vector<std::int32_t>{129, 129, 42}));
  EXPECT_EQ(sizes_of(200, 2, Codec::kZstd), (std::vector<std::int32_t>{200, 200}));
  EXPECT_EQ(sizes_of(500, 1, Codec::kZstd), (std::vector<std::int32_t>{396, 104}));
}

TEST(SplitterTest, KeylessRecordsGoInRuns) {
  BatchBuilder builder(Codec::kNone);
  for (int i = 0; i < 100; ++i) builder.append(1, std::nullopt, Buffer(1000, 'v'));
  const Buffer source = join(builder.finish().pieces);
  Splitter splitter(3, Codec::kNone, kLimit, 2);
  const auto counts = [&] {
    const auto parts = by_partition(splitter.finish(), 3);
    return std::vector<std::size_t>{parts[0].size(), parts[1].size(), parts[2].size()};
  };
  // 16 KiB are reached with the 17th record. Runs are counted over calls: a lane at the head of its
  // log gets one record at a time.
  EXPECT_FALSE(add(splitter, source, 1000 + 90));
  EXPECT_EQ(counts(), (std::vector<std::size_t>{0, 0, 0}));
  EXPECT_FALSE(add(splitter, source, 90));
  EXPECT_EQ(counts(), (std::vector<std::size_t>{0, 0, 10}));
  EXPECT_FALSE(add(splitter, source));
  EXPECT_EQ(counts(), (std::vector<std::size_t>{17 + 17, 17 + 17, 7 + 17 + 8}));
}

// The model: a vector for each partition, filled record by record.
TEST(SplitterTest, AgreesWithASimpleModel) {
  Random random(9);
  constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4,
                               Codec::kZstd};
  for (int round = 0; round < 200; ++round) {
    const auto partitions = static_cast<std::int32_t>(1 + random.below(12));
    const std::size_t max_batch_bytes = 200 + random.below(5000);
    Splitter splitter(partitions, kCodecs[random.below(5)], max_batch_bytes);
    std::vector<std::vector<Record>> keyed(static_cast<std::size_t>(partitions));
    std::vector<Record> keyless;
    int serial = 0;
    for (std::size_t batches = 1 + random.below(4); batches > 0; --batches) {
      BatchBuilder source(kCodecs[random.below(5)]);
      const std::size_t count = 1 + random.below(100);
      const std::size_t first = random.below(count + 1);
      for (std::size_t i = 0; i < count; ++i) {
        Record record{static_cast<std::int64_t>(1000 + random.below(500)), std::nullopt,
                      std::to_string(serial++) +
                          std::string(random.below(random.below(20) == 0 ? 6000 : 50), 'v')};
        if (random.below(4) != 0) record.key = std::to_string(random.below(30));
        const auto key = record.key ? std::optional(as_bytes(*record.key)) : std::nullopt;
        source.append(record.timestamp_ms, key, as_bytes(record.value));
        if (i < first) continue;
        (key ? keyed[static_cast<std::size_t>(partition_for_key(*key, partitions))] : keyless)
            .push_back(record);
      }
      EXPECT_FALSE(add(splitter, join(source.finish().pieces), static_cast<std::int64_t>(first)));
    }
    const auto batches = splitter.finish();
    for (const auto& split : batches) {
      if (split.batch.record_count > 1 && split.batch.header[batch_field::kAttributes + 1] == 0) {
        EXPECT_LE(split.batch.size_bytes, max_batch_bytes);
      }
    }
    const auto result = by_partition(batches, static_cast<std::size_t>(partitions));
    std::vector<Record> keyless_found;
    for (std::size_t p = 0; p < result.size(); ++p) {
      std::vector<Record> keyed_found;
      int last = -1;
      for (const auto& record : result[p]) {
        EXPECT_GT(std::stoi(record.value), last) << "in the order of the source";
        last = std::stoi(record.value);
        (record.key ? keyed_found : keyless_found).push_back(record);
      }
      ASSERT_EQ(keyed_found, keyed[p]);
    }
    std::ranges::sort(keyless_found, {}, [](const Record& r) { return std::stoi(r.value); });
    ASSERT_EQ(keyless_found, keyless);
  }
}

}  // namespace
}  // namespace kmirror::protocol
