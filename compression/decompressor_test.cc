#include "compression/decompressor.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "base/testing/memory_in_use.h"
#include "compression/test_streams.h"

namespace kmirror::compression {
namespace {

constexpr Codec kAll[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

class Streaming : public testing::TestWithParam<Codec> {};
INSTANTIATE_TEST_SUITE_P(, Streaming, testing::ValuesIn(kAll),
                         [](const auto& info) { return std::string(codec_name(info.param)); });

TEST_P(Streaming, AnyPiecesMakeTheWhole) {
  for (const std::size_t size : {0, 1, 300, 32768, 65536, 200000}) {
    const Buffer bytes = compressible_bytes(size);
    const Buffer packed = compressed(GetParam(), bytes);
    for (const std::size_t piece : {1, 7, 4096, 32768, 65536, 1 << 20}) {
      const Read read = read_all(GetParam(), packed, piece);
      EXPECT_EQ(read.error, DecompressError::kNone) << size << " in pieces of " << piece;
      EXPECT_TRUE(read.bytes == bytes) << size << " in pieces of " << piece;
    }
  }
}

// The pieces are exact to the byte, wherever the caller draws the line.
TEST_P(Streaming, UnevenPiecesMakeTheWhole) {
  const Buffer bytes = compressible_bytes(300000);
  const Buffer packed = compressed(GetParam(), bytes);
  Random random(4);
  const auto stream = make_decompressor(GetParam(), packed);
  Buffer out(bytes.size() + 1);
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t size = std::min<std::size_t>(1 + random.below(70000), bytes.size() - at);
    ASSERT_EQ(stream->read(MutableBytes(out).subspan(at, size)), size);
    at += size;
  }
  EXPECT_EQ(stream->read(MutableBytes(out).subspan(at)), 0u);
  EXPECT_EQ(stream->error(), DecompressError::kNone);
  out.pop_back();
  EXPECT_TRUE(out == bytes);
}

// Whatever the sizes of the pieces, the verdict is that of the one-shot call.
TEST_P(Streaming, DamageEndsAsItDoesAtOnce) {
  const Buffer bytes = compressible_bytes(400);
  const Buffer packed = compressed(GetParam(), bytes);
  for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
    Buffer damaged = packed;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    Buffer out;
    const DecompressError error = decompress(GetParam(), damaged, 1 << 20, out);
    for (const std::size_t piece : {1, 100, 65536}) {
      const Read read = read_all(GetParam(), damaged, piece);
      ASSERT_EQ(read.error, error) << bit << " in pieces of " << piece;
      if (error == DecompressError::kNone) {
        ASSERT_TRUE(read.bytes == out) << bit;
      }
    }
  }
}

TEST_P(Streaming, AnEarlyEndComesBehindGoodBytes) {
  if (GetParam() == Codec::kNone) return;
  const Buffer bytes = compressible_bytes(200000);
  Buffer packed = compressed(GetParam(), bytes);
  packed.pop_back();
  const Read read = read_all(GetParam(), packed, 1000);
  EXPECT_EQ(read.error, DecompressError::kCorrupt);
  EXPECT_GT(read.bytes.size(), 100000u);
  EXPECT_TRUE(std::equal(read.bytes.begin(), read.bytes.end(), bytes.begin()));
}

// Streams that live at the same time, and one-shot calls between their pieces, share no context.
TEST_P(Streaming, StreamsDoNotDisturbEachOther) {
  const Buffer one = compressible_bytes(150000, 1);
  const Buffer two = compressible_bytes(150000, 2);
  const Buffer packed_one = compressed(GetParam(), one);
  const Buffer packed_two = compressed(GetParam(), two);
  const auto first = make_decompressor(GetParam(), packed_one);
  const auto second = make_decompressor(GetParam(), packed_two);
  Buffer got_one(one.size());
  Buffer got_two(two.size());
  for (std::size_t at = 0; at < one.size(); at += 10000) {
    ASSERT_EQ(first->read(MutableBytes(got_one).subspan(at, 10000)), 10000u);
    ASSERT_EQ(second->read(MutableBytes(got_two).subspan(at, 10000)), 10000u);
    Buffer between;
    ASSERT_EQ(decompress(GetParam(), packed_two, two.size(), between), DecompressError::kNone);
    ASSERT_TRUE(between == two);
  }
  EXPECT_TRUE(got_one == one);
  EXPECT_TRUE(got_two == two);
}

TEST(SnappyStreaming, RawBlocksComeInPieces) {
  const Buffer bytes = compressible_bytes(3 << 20);
  const Buffer packed = raw_snappy(bytes);
  for (const std::size_t piece : {1 << 10, 4 << 20}) {
    const Read read = read_all(Codec::kSnappy, packed, piece);
    EXPECT_EQ(read.error, DecompressError::kNone);
    EXPECT_TRUE(read.bytes == bytes);
  }
}

// The same frame with every field that a header may have, and with the checksum that Kafka before
// 0.10 wrote, here: any other.
TEST(Lz4Streaming, AnyHeaderChecksumPassesWhereKafkasWereWrong) {
  const Buffer bytes = compressible_bytes(200000);
  for (const bool long_header : {false, true}) {
    LZ4F_frameInfo_t info = {};
    info.contentSize = long_header ? bytes.size() : 0;
    Buffer packed = lz4_frame(bytes, info);
    const std::size_t checksum_at = long_header ? 14 : 6;
    for (const std::uint8_t change : {0x00, 0x01, 0xff}) {
      packed[checksum_at] ^= change;
      const Read read =
          read_all(*make_decompressor(Codec::kLz4, packed, Lz4Header::kAnyChecksum), 1000);
      EXPECT_EQ(read.error, DecompressError::kNone);
      EXPECT_TRUE(read.bytes == bytes);
      Buffer out;
      EXPECT_EQ(decompress(Codec::kLz4, packed, bytes.size(), out, Lz4Header::kAnyChecksum),
                DecompressError::kNone);
      EXPECT_TRUE(out == bytes);
      EXPECT_EQ(read_all(Codec::kLz4, packed, 1000).error,
                change == 0 ? DecompressError::kNone : DecompressError::kCorrupt);
    }
  }
}

// The checksum that Kafka writes for format 0 covers the magic too, and is 0x1a, where the format
// asks for 0x82.
TEST(Lz4Streaming, ReadsTheHeaderThatKafkaWritesForFormat0) {
  const Buffer packed = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x1a, 0x03, 0x00,
                         0x00, 0x80, 'a',  'b',  'c',  0x00, 0x00, 0x00, 0x00};
  const Read read = read_all(*make_decompressor(Codec::kLz4, packed, Lz4Header::kAnyChecksum), 100);
  EXPECT_EQ(read.error, DecompressError::kNone);
  EXPECT_EQ(as_text(read.bytes), "abc");
  EXPECT_EQ(read_all(Codec::kLz4, packed, 100).error, DecompressError::kCorrupt);
}

TEST(Lz4Streaming, TheRestOfTheHeaderIsCheckedAllTheSame) {
  const Buffer packed = compressed(Codec::kLz4, compressible_bytes(300));
  for (const auto& [at, value] : {std::pair{4, 0xa0}, {4, 0x62}, {5, 0x41}, {5, 0x30}}) {
    Buffer damaged = packed;
    damaged[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(value);
    EXPECT_EQ(read_all(*make_decompressor(Codec::kLz4, damaged, Lz4Header::kAnyChecksum), 10).error,
              DecompressError::kCorrupt);
  }
  for (std::size_t cut = 0; cut < packed.size(); ++cut) {
    const Buffer prefix(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(cut));
    EXPECT_EQ(read_all(*make_decompressor(Codec::kLz4, prefix, Lz4Header::kAnyChecksum), 10).error,
              DecompressError::kCorrupt);
  }
}

// A zstd frame of blocks that each repeat a byte, without declared size, with a window of 2^17.
Buffer zstd_bomb(std::size_t blocks, std::uint32_t block_bytes) {
  Buffer packed = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38};
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::uint32_t header = block_bytes << 3 | 1 << 1 | (i + 1 == blocks ? 1 : 0);
    for (const int shift : {0, 8, 16}) packed.push_back(static_cast<std::uint8_t>(header >> shift));
    packed.push_back(0);
  }
  return packed;
}

// Reads to the end and returns how much memory the stream took, its context included: the spare one
// that other tests may have left is with `other`. Under a sanitizer, whose allocator keeps other
// books, always 0.
std::int64_t memory_of_reading(Codec codec, ConstBytes packed, std::size_t expected_bytes) {
  Buffer piece(256 << 10);
  const auto other = make_decompressor(codec, packed);
  const std::int64_t before = memory_in_use();
  const auto stream = make_decompressor(codec, packed);
  std::int64_t most = 0;
  std::size_t total = 0;
  std::size_t got = 0;
  do {
    got = stream->read(piece);
    total += got;
    most = std::max(most, memory_in_use());
  } while (got == piece.size());
  EXPECT_EQ(stream->error(), DecompressError::kNone);
  EXPECT_EQ(total, expected_bytes);
  return most - before;
}

TEST(DecompressorMemory, BombsCostNoMoreThanAWindow) {
  constexpr std::int64_t kMiB = 1 << 20;
  EXPECT_LT(memory_of_reading(Codec::kZstd, zstd_bomb(64 << 10, 4096), 256 * kMiB), kMiB);
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy, Codec::kLz4}) {
    EXPECT_LT(memory_of_reading(codec, compressed(codec, Buffer(32 * kMiB)), 32 * kMiB), kMiB);
  }
}

TEST(DecompressorMemory, LargeBlocksOfLz4CostAWindow) {
  const Buffer bytes = compressible_bytes(9 << 20);
  for (const LZ4F_blockMode_t mode : {LZ4F_blockIndependent, LZ4F_blockLinked}) {
    const Buffer packed = lz4_frame(bytes, {LZ4F_max4MB, mode});
    EXPECT_LT(memory_of_reading(Codec::kLz4, packed, bytes.size()), 256 << 10);
  }
}

// Neither as a stream nor, as it is looked through first, as a whole.
TEST(DecompressorMemory, LyingSizesTakeNone) {
  Buffer raw_snappy(2 << 20);
  raw_snappy[0] = 0xff;  // declares 32 MiB - 1, and begins with a literal that is not there
  raw_snappy[1] = 0xff;
  raw_snappy[2] = 0xff;
  raw_snappy[3] = 0x0f;
  raw_snappy[4] = 0xfc;
  std::fill_n(raw_snappy.begin() + 5, 4, std::uint8_t{0xfe});
  Buffer piece(1000);
  const std::int64_t before = memory_in_use();
  const auto stream = make_decompressor(Codec::kSnappy, raw_snappy);
  EXPECT_EQ(stream->read(piece), 0u);
  EXPECT_EQ(stream->error(), DecompressError::kCorrupt);
  Buffer whole;
  EXPECT_EQ(decompress(Codec::kSnappy, raw_snappy, 64 << 20, whole), DecompressError::kCorrupt);
  EXPECT_EQ(whole.capacity(), 0u);
  EXPECT_LT(memory_in_use() - before, 1 << 20);
}

TEST(ZstdStreaming, RefusesWindowsAbove128MiB) {
  for (const auto& [window_log, error] : {std::pair{27, DecompressError::kNone},
                                          {28, DecompressError::kWindowTooLarge},
                                          {31, DecompressError::kWindowTooLarge}}) {
    Buffer packed = zstd_bomb(1, 5);
    packed[5] = static_cast<std::uint8_t>((window_log - 10) << 3);
    EXPECT_EQ(read_all(Codec::kZstd, packed, 100).error, error) << window_log;
  }
}

TEST(ZstdStreaming, RefusesWindowsThatAreNotNeeded) {
  // Three bytes of content, and a window of 2^28 bytes.
  Buffer packed = {0x28, 0xb5, 0x2f, 0xfd, 0x80, (28 - 10) << 3, 3, 0, 0, 0};
  packed.insert(packed.end(), {(3 << 3) | 1, 0, 0, 'a', 'b', 'c'});
  for (const std::size_t piece : {1, 2, 1000}) {
    EXPECT_EQ(read_all(Codec::kZstd, packed, piece).error, DecompressError::kWindowTooLarge);
  }
  packed[5] = (27 - 10) << 3;
  for (const std::size_t piece : {1, 2, 1000}) {
    EXPECT_EQ(read_all(Codec::kZstd, packed, piece).error, DecompressError::kNone);
  }
}

// libzstd checks it where it decodes a frame at once, but not in pieces if the last block is empty.
TEST(ZstdStreaming, ChecksTheDeclaredSize) {
  Buffer packed = {0x28, 0xb5, 0x2f, 0xfd, 0x20, 3};                    // one byte with the size: 3
  packed.insert(packed.end(), {3 << 3, 0, 0, 'a', 'b', 'c', 1, 0, 0});  // a raw block, an empty one
  for (const auto& [declared, error] :
       {std::pair{3, DecompressError::kNone}, {200, DecompressError::kCorrupt}}) {
    packed[5] = static_cast<std::uint8_t>(declared);
    for (const std::size_t piece : {1, 2, 3, 100, 1000}) {
      EXPECT_EQ(read_all(Codec::kZstd, packed, piece).error, error) << declared << " " << piece;
    }
  }
}

}  // namespace
}  // namespace kmirror::compression
