#include "compression/snappy.h"

#include <gtest/gtest.h>

#include "compression/test_streams.h"

namespace kmirror::compression {
namespace {

constexpr std::size_t kLimit = 1 << 20;

const Buffer kHeader = {0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1};

Buffer block(ConstBytes bytes) {
  const Buffer packed = raw_snappy(bytes);
  Buffer framed(4);
  store_be(framed.data(), static_cast<std::int32_t>(packed.size()));
  append(framed, packed);
  return framed;
}

TEST(Snappy, WritesXerialBlocksOf32Kb) {
  const Buffer bytes = compressible_bytes((32 << 10) + 1);
  Buffer expected = kHeader;
  append(expected, block(ConstBytes(bytes).first(32 << 10)));
  append(expected, block(ConstBytes(bytes).last(1)));
  EXPECT_TRUE(compressed(Codec::kSnappy, bytes) == expected);
  EXPECT_EQ(compressed(Codec::kSnappy, {}), kHeader);
}

TEST(Snappy, ReadsRawBlocks) {
  for (const std::size_t size : {0, 1, 100, 65536, 200000}) {
    const Buffer bytes = compressible_bytes(size);
    Buffer out;
    ASSERT_EQ(decompress(Codec::kSnappy, raw_snappy(bytes), kLimit, out), DecompressError::kNone);
    EXPECT_TRUE(out == bytes);
  }
}

TEST(Snappy, TruncatedRawBlockIsCorrupt) {
  const Buffer packed = raw_snappy(compressible_bytes(300));
  for (std::size_t cut = 0; cut < packed.size(); ++cut) {
    const Buffer prefix(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(cut));
    Buffer out;
    EXPECT_EQ(decompress(Codec::kSnappy, prefix, kLimit, out), DecompressError::kCorrupt) << cut;
  }
}

TEST(Snappy, ReadsConcatenatedStreams) {
  Buffer packed = compressed(Codec::kSnappy, as_bytes("one "));
  append(packed, compressed(Codec::kSnappy, as_bytes("two")));
  Buffer out;
  ASSERT_EQ(decompress(Codec::kSnappy, packed, kLimit, out), DecompressError::kNone);
  EXPECT_EQ(as_text(out), "one two");
}

TEST(Snappy, RefusesVersionsBelowOne) {
  Buffer packed = compressed(Codec::kSnappy, as_bytes("x"));
  packed[11] = 0;
  Buffer out;
  EXPECT_EQ(decompress(Codec::kSnappy, packed, kLimit, out), DecompressError::kCorrupt);
}

TEST(Snappy, RefusesLyingSizes) {
  const Buffer negative = {0xff, 0xff, 0xff, 0xff};
  const Buffer beyond = {0, 0, 0, 9, 1, 0, 'x'};
  const Buffer huge_declared = {0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 'x'};
  for (const Buffer& body : {negative, beyond, huge_declared}) {
    Buffer packed = kHeader;
    append(packed, body);
    Buffer out;
    EXPECT_EQ(decompress(Codec::kSnappy, packed, SIZE_MAX, out), DecompressError::kCorrupt);
    EXPECT_LT(out.capacity(), kLimit);
  }
}

// Nothing is decoded of a block that would not be wanted anyway: this one is damaged.
TEST(Snappy, AsksForTheLimitFirst) {
  Buffer packed = raw_snappy(Buffer(2 << 20));
  packed.pop_back();
  Buffer out;
  EXPECT_EQ(decompress(Codec::kSnappy, packed, 2 << 20, out), DecompressError::kCorrupt);
  EXPECT_EQ(decompress(Codec::kSnappy, packed, kLimit, out), DecompressError::kTooLarge);
}

// The densest block there is must pass the check of the declared size.
TEST(Snappy, TakesTheBestRatio) {
  const Buffer zeros(1 << 20);
  Buffer out;
  EXPECT_EQ(decompress(Codec::kSnappy, raw_snappy(zeros), kLimit, out), DecompressError::kNone);
  EXPECT_TRUE(out == zeros);
}

}  // namespace
}  // namespace kmirror::compression
