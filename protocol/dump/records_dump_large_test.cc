// RecordsDump with batches too large to be held before their checksum has proved them.
#include <gmock/gmock.h>

#include "protocol/dump/records_dump.h"
#include "protocol/records/golden_batches.h"
#include "protocol/testing/byte_source.h"
#include "protocol/testing/dumped.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::protocol {
namespace {

using testing::concat;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::size_t kValueBytes = 700'000;

Buffer large_batch() {
  testing::StoredBatch batch{.last_offset_delta = 2};
  for (int i = 0; i < 3; ++i) {
    batch.records.push_back(
        {.offset_delta = i, .value = std::string(kValueBytes, static_cast<char>('a' + i))});
  }
  return testing::batch_of(batch);
}

struct RecordsDumpLarge : ::testing::Test {
  testing::Dumped dump(ConstBytes bytes, bool can_seek) {
    ByteSource inner = testing::seekable_source_of(bytes, 50'000);
    ByteSource source = {.read = inner.read};
    if (can_seek) {
      source.seek = [this, inner](std::uint64_t position) {
        ++seeks;
        inner.seek(position);
      };
    }
    testing::Dumped dumped;
    dumped.is_sound = dump_records(source, testing::output_to(dumped), {.records = true});
    return dumped;
  }

  static std::vector<std::int64_t> offsets_of(const testing::Dumped& dumped) {
    std::vector<std::int64_t> offsets;
    for (const auto& line : dumped.lines) {
      if (line.contains("offset")) offsets.push_back(line["offset"]);
    }
    return offsets;
  }

  int seeks = 0;  // how often it went back
  const Buffer large = large_batch();
  const std::size_t size = large.size();
};

TEST_F(RecordsDumpLarge, IsReadTwice) {
  const auto dumped = dump(concat({large, golden::kAppendTime, large}), true);
  EXPECT_TRUE(dumped.is_sound);
  EXPECT_THAT(dumped.reports, IsEmpty());
  EXPECT_EQ(seeks, 2);
  const auto offsets = offsets_of(dumped);
  ASSERT_GT(offsets.size(), 6u);
  EXPECT_THAT(std::vector(offsets.begin(), offsets.begin() + 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(std::vector(offsets.end() - 3, offsets.end()), ElementsAre(0, 1, 2));
  EXPECT_EQ(dumped.lines[3]["value"], std::string(kValueBytes, 'c'));
}

TEST_F(RecordsDumpLarge, FromAPipeHasNoRecords) {
  const auto dumped = dump(concat({large, golden::kPlain}), false);
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_THAT(dumped.reports, ElementsAre(StartsWith(fmt::format(
                                  "1: byte 0: {} bytes are too large a batch for input", size))));
  EXPECT_EQ(dumped.lines[0]["isValid"], true);
  EXPECT_EQ(offsets_of(dumped).size(), 5u);
}

TEST_F(RecordsDumpLarge, WithAWrongChecksumIsReadOnce) {
  Buffer bytes = concat({large, golden::kPlain});
  bytes[size - 1] ^= 1;
  const auto dumped = dump(bytes, true);
  EXPECT_THAT(dumped.reports, ElementsAre("1: byte 0: the checksum is wrong"));
  EXPECT_EQ(offsets_of(dumped).size(), 5u);
  EXPECT_EQ(seeks, 0);
}

TEST_F(RecordsDumpLarge, IsPrintedUpToTheLimitWhereItIsCut) {
  for (const bool can_seek : {true, false}) {
    const auto dumped = dump(ConstBytes(large).first(size - 1), can_seek);
    EXPECT_FALSE(dumped.is_sound);
    EXPECT_THAT(dumped.reports.back(), ::testing::HasSubstr("byte 0: the batch is cut: the input"));
    EXPECT_EQ(offsets_of(dumped).size(), can_seek ? 1u : 0u);
  }
}

TEST_F(RecordsDumpLarge, ALyingLengthLeavesTheRecordsThatAreThere) {
  Buffer liar = golden::kPlain;
  store_be<std::int32_t>(liar.data() + batch_field::kBatchLength, 0x7fffffff);
  const auto dumped = dump(concat({liar, large}), true);
  EXPECT_THAT(dumped.reports,
              ElementsAre(fmt::format("6: byte 0: the batch is cut: the input ends at byte {}",
                                      golden::kPlain.size() + size)));
  EXPECT_EQ(offsets_of(dumped).size(), 5u);
}

}  // namespace
}  // namespace kmirror::protocol
