#include "protocol/records/payload_stream.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "base/testing/memory_in_use.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;
using compression::DecompressError;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

Buffer numbers(std::size_t size) {
  Buffer bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i / 3 + i / 700);
  return bytes;
}

Buffer compressed(Codec codec, ConstBytes payload) {
  compression::Compressor compressor(codec);
  compressor.append(payload);
  Buffer packed;
  compressor.finish(packed);
  return packed;
}

TEST(PayloadStreamTest, ShowsAtLeastWhatIsAskedFor) {
  const Buffer bytes = numbers(100000);
  Random random(3);
  for (const Codec codec : kCodecs) {
    const Buffer packed = compressed(codec, bytes);
    for (const std::size_t window : {1, 1000, 200000}) {
      PayloadStream stream(codec, packed, compression::Lz4Header::kChecked, window);
      std::size_t at = 0;
      while (at < bytes.size()) {
        const std::size_t wanted = 1 + random.below(3000);
        const ConstBytes seen = stream.peek(wanted);
        ASSERT_GE(seen.size(), std::min(wanted, bytes.size() - at));
        ASSERT_TRUE(std::equal(seen.begin(), seen.end(), ConstBytes(bytes).subspan(at).begin()));
        const std::size_t step = std::min<std::size_t>(random.below(wanted + 1), seen.size());
        stream.skip(step);
        at += step;
        ASSERT_EQ(stream.position(), at);
      }
      EXPECT_TRUE(stream.peek(1).empty());
      EXPECT_EQ(stream.error(), DecompressError::kNone);
    }
  }
}

TEST(PayloadStreamTest, AnUncompressedPayloadIsNotCopied) {
  const Buffer bytes = numbers(1000);
  PayloadStream stream(Codec::kNone, bytes);
  EXPECT_EQ(stream.peek(1).data(), bytes.data());
  EXPECT_EQ(stream.peek(1).size(), bytes.size());
  stream.skip(999);
  EXPECT_EQ(stream.peek(5).data(), bytes.data() + 999);
  EXPECT_EQ(stream.peek(5).size(), 1u);
}

TEST(PayloadStreamTest, MovingKeepsWhatIsSeen) {
  const Buffer bytes = numbers(1000);
  const Buffer packed = compressed(Codec::kZstd, bytes);
  PayloadStream first(Codec::kZstd, packed, compression::Lz4Header::kChecked, 100);
  first.peek(10);
  first.skip(10);
  PayloadStream second = std::move(first);
  EXPECT_EQ(second.position(), 10u);
  const ConstBytes seen = second.peek(990);
  EXPECT_TRUE(std::ranges::equal(seen, ConstBytes(bytes).subspan(10)));
}

TEST(PayloadStreamTest, DamageIsToldBehindTheGoodBytes) {
  const Buffer bytes = numbers(300000);
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    Buffer packed = compressed(codec, bytes);
    packed.pop_back();
    PayloadStream stream(codec, packed);
    std::size_t good = 0;
    while (!stream.peek(1).empty()) {
      const ConstBytes seen = stream.peek(1);
      ASSERT_TRUE(std::equal(seen.begin(), seen.end(), ConstBytes(bytes).subspan(good).begin()));
      good += seen.size();
      stream.skip(seen.size());
    }
    EXPECT_GT(good, 100000u);
    EXPECT_EQ(stream.error(), DecompressError::kCorrupt);
  }
}

// Sanitizers keep other books, so with them only the bytes are tested.
TEST(PayloadStreamTest, AskingForMoreThanThereIsTakesNoMemory) {
  const Buffer bytes = numbers(1000);
  for (const Codec codec : kCodecs) {
    const Buffer packed = compressed(codec, bytes);
    const std::int64_t before = memory_in_use();
    PayloadStream stream(codec, packed);
    EXPECT_TRUE(std::ranges::equal(stream.peek(1 << 30), bytes));
    EXPECT_LT(memory_in_use() - before, 512 << 10) << codec_name(codec);
  }
}

TEST(PayloadStreamTest, NoSkippingOverWhatWasNotPeeked) {
  const Buffer packed = compressed(Codec::kGzip, numbers(10));
  PayloadStream stream(Codec::kGzip, packed);
  EXPECT_DEATH(stream.skip(1), "peeked");
}

}  // namespace
}  // namespace kmirror::protocol
