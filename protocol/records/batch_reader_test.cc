#include "protocol/records/batch_reader.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"
#include "protocol/records/golden_batches.h"

namespace kmirror::protocol {
namespace {

using Step = BatchReader::Step;

Buffer concat(std::initializer_list<Buffer> parts) {
  Buffer all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(BatchReaderTest, YieldsBatchesInOrder) {
  const Buffer records = concat({golden::kPlain, golden::kEmpty, golden::kAbort});
  BatchReader reader(records);
  ASSERT_EQ(reader.next(), Step::kBatch);
  EXPECT_EQ(reader.batch().base_offset(), 1000);
  EXPECT_EQ(reader.batch().bytes().size(), golden::kPlain.size());
  ASSERT_EQ(reader.next(), Step::kBatch);
  EXPECT_EQ(reader.batch().base_offset(), 100);
  EXPECT_EQ(reader.batch().payload().size(), 0U);
  ASSERT_EQ(reader.next(), Step::kBatch);
  EXPECT_EQ(reader.offset(), 50);
  EXPECT_EQ(reader.next(), Step::kEnd);
  EXPECT_EQ(reader.next(), Step::kEnd);
}

TEST(BatchReaderTest, NothingIsTheEnd) {
  EXPECT_EQ(BatchReader(ConstBytes()).next(), Step::kEnd);
}

TEST(BatchReaderTest, StopsAtAPartialBatch) {
  for (std::size_t size = 1; size < golden::kAbort.size(); ++size) {
    SCOPED_TRACE(size);
    const Buffer part(golden::kAbort.begin(), golden::kAbort.begin() + size);
    const Buffer records = concat({golden::kPlain, part});
    BatchReader reader(records);
    ASSERT_EQ(reader.next(), Step::kBatch);
    EXPECT_EQ(reader.next(), Step::kPartial);
    EXPECT_EQ(reader.next(), Step::kPartial);
  }
}

TEST(BatchReaderTest, ReportsLegacyMessages) {
  const Buffer records = concat({golden::kMagic1, golden::kPlain});
  BatchReader reader(records);
  for (const std::int64_t offset : {20, 21}) {
    ASSERT_EQ(reader.next(), Step::kLegacy);
    EXPECT_EQ(reader.offset(), offset);
    EXPECT_EQ(reader.magic(), 1);
    EXPECT_EQ(reader.bytes().size(), golden::kMagic1.size() / 2);
  }
  EXPECT_EQ(reader.next(), Step::kBatch);
}

TEST(BatchReaderTest, RefusesHeadersThatLie) {
  struct Case {
    const char* what;
    std::size_t field;
    std::size_t bytes;
    std::int64_t value;
  };
  const Case cases[] = {
      {"batch length is too small", batch_field::kBatchLength, 4, -1},
      {"batch length is too small", batch_field::kBatchLength, 4, 0},
      {"batch length is too small", batch_field::kBatchLength, 4, 13},
      {"batch length is too small", batch_field::kBatchLength, 4, 48},
      {"magic is not 0, 1 or 2", batch_field::kMagic, 1, 3},
      {"magic is not 0, 1 or 2", batch_field::kMagic, 1, -1},
      {"base offset is negative", batch_field::kBaseOffset, 8, -1},
      {"last offset delta is negative", batch_field::kLastOffsetDelta, 4, -1},
      {"offsets overflow", batch_field::kBaseOffset, 8, std::numeric_limits<std::int64_t>::max()},
      {"offsets overflow", batch_field::kBaseOffset, 8,
       std::numeric_limits<std::int64_t>::max() - 4},
      {"record count is negative", batch_field::kRecordCount, 4, -1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Buffer bad = golden::kPlain;
    for (std::size_t i = 0; i < c.bytes; ++i) {
      bad[c.field + i] = static_cast<std::uint8_t>(c.value >> (8 * (c.bytes - 1 - i)));
    }
    const Buffer records = concat({golden::kPlain, bad});
    BatchReader reader(records);
    ASSERT_EQ(reader.next(), Step::kBatch);
    ASSERT_EQ(reader.next(), Step::kMalformed);
    EXPECT_STREQ(reader.malformed().what, c.what);
    EXPECT_EQ(reader.malformed().position, golden::kPlain.size());
    EXPECT_EQ(reader.next(), Step::kMalformed);
  }
}

TEST(BatchReaderTest, TheLastOffsetOfAllIsReached) {
  Buffer bytes = golden::kPlain;
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  store_be<std::int64_t>(bytes.data(), kMax - 5);
  BatchReader reader(bytes);
  ASSERT_EQ(reader.next(), Step::kBatch);
  EXPECT_EQ(reader.batch().next_offset(), kMax);
}

TEST(BatchReaderTest, SurvivesAnything) {
  Random random(7);
  const Buffer good = concat({golden::kPlain, golden::kMagic1, golden::kAbort, golden::kEmpty});
  for (int round = 0; round < 20000; ++round) {
    Buffer bytes(good.begin(), good.begin() + random.below(good.size() + 1));
    for (std::size_t flips = random.below(4); flips > 0 && !bytes.empty(); --flips) {
      bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.next());
    }
    BatchReader reader(bytes);
    std::size_t seen = 0;
    Step step = reader.next();
    for (; step == Step::kBatch || step == Step::kLegacy; step = reader.next()) {
      seen += reader.bytes().size();
      if (step != Step::kBatch) continue;
      ASSERT_GT(reader.batch().next_offset(), reader.offset());
    }
    ASSERT_LE(seen, bytes.size());
    ASSERT_EQ(step == Step::kEnd, seen == bytes.size());
  }
}

}  // namespace
}  // namespace kmirror::protocol
