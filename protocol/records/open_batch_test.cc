#include "protocol/records/open_batch.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/golden_batches.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::protocol {
namespace {

constexpr std::size_t kLimit = 1 << 20;

TEST(OpenBatchTest, EveryCodecGivesTheSameRecords) {
  const ConstBytes plain = ConstBytes(golden::kPlain).subspan(kBatchHeaderBytes);
  for (const Buffer* bytes : {&golden::kGzip, &golden::kSnappy, &golden::kLz4, &golden::kZstd}) {
    Buffer scratch = {1, 2, 3};  // left from a batch before
    const auto opened = open_batch(BatchView(*bytes), kLimit, scratch);
    EXPECT_EQ(opened.error, OpenError::kNone);
    EXPECT_TRUE(std::ranges::equal(opened.payload, plain));
  }
}

TEST(OpenBatchTest, UncompressedPayloadIsNotCopied) {
  Buffer scratch;
  const auto opened = open_batch(BatchView(golden::kPlain), 0, scratch);
  EXPECT_EQ(opened.error, OpenError::kNone);
  EXPECT_EQ(opened.payload.data(), golden::kPlain.data() + kBatchHeaderBytes);
}

TEST(OpenBatchTest, EmptyBatchHasNoStream) {
  Buffer bytes = golden::kEmpty;
  bytes[batch_field::kAttributes + 1] = static_cast<std::uint8_t>(compression::Codec::kGzip);
  write_crc(bytes);
  Buffer scratch;
  const auto opened = open_batch(BatchView(bytes), kLimit, scratch);
  EXPECT_EQ(opened.error, OpenError::kNone);
  EXPECT_TRUE(opened.payload.empty());
}

TEST(OpenBatchTest, RefusesWhatCannotBeRead) {
  Buffer scratch;
  Buffer damaged = golden::kGzip;
  damaged[kBatchHeaderBytes + 20] ^= 1;
  EXPECT_EQ(open_batch(BatchView(damaged), kLimit, scratch).error, OpenError::kWrongCrc);
  write_crc(damaged);
  EXPECT_EQ(open_batch(BatchView(damaged), kLimit, scratch).error, OpenError::kCorrupt);

  Buffer unknown = golden::kGzip;
  unknown[batch_field::kAttributes + 1] = 5;
  write_crc(unknown);
  EXPECT_EQ(open_batch(BatchView(unknown), kLimit, scratch).error, OpenError::kUnknownCodec);

  const std::size_t size = golden::kPlain.size() - kBatchHeaderBytes;
  EXPECT_EQ(open_batch(BatchView(golden::kZstd), size - 1, scratch).error, OpenError::kTooLarge);
  EXPECT_EQ(open_batch(BatchView(golden::kZstd), size, scratch).error, OpenError::kNone);
}

TEST(OpenBatchTest, SurvivesDamageWithARightChecksum) {
  Random random(3);
  for (const Buffer* bytes : {&golden::kGzip, &golden::kSnappy, &golden::kLz4, &golden::kZstd}) {
    for (int round = 0; round < 3000; ++round) {
      Buffer damaged = *bytes;
      const std::size_t at =
          batch_field::kAttributes + random.below(damaged.size() - batch_field::kAttributes);
      damaged[at] ^= static_cast<std::uint8_t>(1 << random.below(8));
      write_crc(damaged);
      Buffer scratch;
      const BatchView view(damaged);
      const auto opened = open_batch(view, kLimit, scratch);
      RecordCursor cursor(opened.payload, view.record_count());
      RecordView record;
      std::size_t body_bytes = 0;
      while (cursor.next(record)) body_bytes += record.body.size();
      ASSERT_LE(body_bytes, kLimit);
    }
  }
}

}  // namespace
}  // namespace kmirror::protocol
