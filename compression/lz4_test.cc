// Frames of lz4 are read here and by liblz4, which have to agree, whatever the pieces are.
#include "compression/lz4.h"

#include <gtest/gtest.h>
#include <lz4frame.h>

#include <algorithm>
#include <optional>

#include "compression/test_streams.h"

namespace kmirror::compression {
namespace {

constexpr std::size_t kLimit = 16 << 20;
constexpr LZ4F_blockSizeID_t kBlockSizes[] = {LZ4F_max64KB, LZ4F_max256KB, LZ4F_max1MB,
                                              LZ4F_max4MB};

// Text, bytes that cannot be compressed, and zeros, which are one copy of any length.
Buffer mixed_bytes(std::size_t size) {
  Buffer bytes = compressible_bytes(size / 2);
  append(bytes, random_bytes(size / 4));
  bytes.resize(size);
  return bytes;
}

std::optional<Buffer> read_by_liblz4(ConstBytes packed) {
  static Buffer out(kLimit);
  LZ4F_dctx* context = nullptr;
  LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
  std::size_t written = out.size();
  std::size_t taken = packed.size();
  const std::size_t hint =
      LZ4F_decompress(context, out.data(), &written, packed.data(), &taken, nullptr);
  LZ4F_freeDecompressionContext(context);
  if (hint != 0 || taken != packed.size()) return {};
  return Buffer(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(written));
}

void expect_same_as_liblz4(ConstBytes packed, std::initializer_list<std::size_t> pieces) {
  const std::optional<Buffer> expected = read_by_liblz4(packed);
  Buffer whole;
  const DecompressError error = decompress(Codec::kLz4, packed, kLimit, whole);
  ASSERT_EQ(error == DecompressError::kNone, expected.has_value());
  ASSERT_TRUE(whole == expected.value_or(Buffer()));
  std::optional<Buffer> in_front;
  for (const std::size_t piece : pieces) {
    Read read = read_all(Codec::kLz4, packed, piece);
    ASSERT_EQ(read.error, error) << piece;
    if (expected) {
      ASSERT_TRUE(read.bytes == expected) << piece;
    } else {
      // What comes out in front of a damage does not depend on the pieces.
      ASSERT_TRUE(read.bytes == in_front.value_or(read.bytes)) << piece;
      in_front = std::move(read.bytes);
    }
  }
}

void expect_to_read(ConstBytes bytes, LZ4F_blockSizeID_t block,
                    std::initializer_list<std::size_t> pieces) {
  for (const LZ4F_blockMode_t mode : {LZ4F_blockIndependent, LZ4F_blockLinked}) {
    for (const bool all : {false, true}) {
      const LZ4F_frameInfo_t info = {block,
                                     mode,
                                     all ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum,
                                     LZ4F_frame,
                                     all ? bytes.size() : 0,
                                     0,
                                     all ? LZ4F_blockChecksumEnabled : LZ4F_noBlockChecksum};
      const Buffer packed = lz4_frame(bytes, info);
      ASSERT_TRUE(read_by_liblz4(packed) == Buffer(bytes.begin(), bytes.end()));
      expect_same_as_liblz4(packed, pieces);
    }
  }
}

TEST(Lz4Frames, AreReadInPiecesOfAnySize) {
  for (const LZ4F_blockSizeID_t block : kBlockSizes) {
    for (const std::size_t size : {0, 1, 300, 65536, 65537, 300000}) {
      expect_to_read(mixed_bytes(size), block, {7, 4096, 128 << 10});
    }
    expect_to_read(mixed_bytes(150000), block, {1});
  }
}

TEST(Lz4Frames, OfSeveralLargeBlocksAreReadInPieces) {
  for (const Buffer& bytes : {mixed_bytes(9 << 20), random_bytes(9 << 20), Buffer(9 << 20)}) {
    expect_to_read(bytes, LZ4F_max4MB, {4096, 128 << 10, 5 << 20});
  }
}

TEST(Lz4Frames, EveryPrefixAndEveryChangedByteIsJudgedAlike) {
  const Buffer bytes = compressible_bytes(200);
  for (const auto& [block, mode] :
       {std::pair{LZ4F_max64KB, LZ4F_blockLinked}, {LZ4F_max4MB, LZ4F_blockIndependent}}) {
    const Buffer packed = lz4_frame(bytes, {block, mode});
    for (std::size_t at = 0; at < packed.size(); ++at) {
      ASSERT_NO_FATAL_FAILURE(expect_same_as_liblz4(ConstBytes(packed).first(at), {1, 100}));
      for (int value = 0; value < 256; ++value) {
        Buffer damaged = packed;
        damaged[at] = static_cast<std::uint8_t>(value);
        ASSERT_NO_FATAL_FAILURE(expect_same_as_liblz4(damaged, {100})) << at << " " << value;
      }
    }
  }
}

TEST(Lz4Frames, ChecksumsAndSizesAreJudgedAlike) {
  const Buffer bytes = compressible_bytes(100);
  const LZ4F_frameInfo_t info = {LZ4F_max256KB,
                                 LZ4F_blockIndependent,
                                 LZ4F_contentChecksumEnabled,
                                 LZ4F_frame,
                                 bytes.size(),
                                 0,
                                 LZ4F_blockChecksumEnabled};
  const Buffer packed = lz4_frame(bytes, info);
  for (std::size_t at = 0; at < packed.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Buffer damaged = packed;
      damaged[at] ^= static_cast<std::uint8_t>(1 << bit);
      ASSERT_NO_FATAL_FAILURE(expect_same_as_liblz4(damaged, {1, 100})) << at;
    }
  }
}

// A frame with one block of 4 MiB, which is not compressed by anybody.
Buffer frame_of_block(ConstBytes block) {
  Buffer packed = lz4_frame({}, {LZ4F_max4MB, LZ4F_blockIndependent});
  packed.resize(7);
  for (int shift = 0; shift < 32; shift += 8) {
    packed.push_back(static_cast<std::uint8_t>(block.size() >> shift));
  }
  append(packed, block);
  packed.insert(packed.end(), 4, 0);
  return packed;
}

// Tokens with literals and copies, most of which a block may hold, and ends of all kinds.
TEST(Lz4Frames, MadeUpBlocksAreJudgedAlike) {
  Random random(3);
  int good = 0;
  constexpr int kRounds = 20000;
  for (int round = 0; round < kRounds; ++round) {
    Buffer block;
    std::size_t size = 0;
    for (std::size_t sequences = random.below(6) + 1; sequences > 0; --sequences) {
      const std::size_t literals = random.below(20);
      const std::size_t length = random.below(20);
      block.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(literals, 15) << 4 |
                                                std::min<std::size_t>(length, 15)));
      if (literals >= 15) block.push_back(static_cast<std::uint8_t>(literals - 15));
      append(block, random_bytes(literals, random.next()));
      size += literals + length + 4;
      if (sequences == 1 && random.below(8) != 0) break;
      const std::size_t distance = random.below(size + 1);
      block.push_back(static_cast<std::uint8_t>(distance));
      block.push_back(0);
      if (length >= 15) block.push_back(static_cast<std::uint8_t>(length - 15));
    }
    const Buffer packed = frame_of_block(block);
    if (read_by_liblz4(packed)) ++good;
    ASSERT_NO_FATAL_FAILURE(expect_same_as_liblz4(packed, {1, 13, 1000})) << round;
  }
  EXPECT_GT(good, kRounds / 100);
  EXPECT_LT(good, kRounds - kRounds / 100);
}

TEST(Lz4Frames, WithADictionaryAreRefused) {
  Buffer packed = lz4_frame(compressible_bytes(100), {LZ4F_max64KB, LZ4F_blockIndependent,
                                                      LZ4F_noContentChecksum, LZ4F_frame, 0, 77});
  ASSERT_EQ(packed[4] & 1, 1);
  EXPECT_EQ(read_all(Codec::kLz4, packed, 1000).error, DecompressError::kCorrupt);
}

TEST(Lz4Frames, WhatIsGoodInFrontOfADamageComesOut) {
  const Buffer bytes = compressible_bytes(128 << 10);
  for (const LZ4F_blockMode_t mode : {LZ4F_blockIndependent, LZ4F_blockLinked}) {
    Buffer packed = lz4_frame(bytes, {LZ4F_max64KB, mode});
    // The last copy goes to before the beginning, or elsewhere.
    for (std::size_t at = packed.size() * 3 / 4; at < packed.size(); ++at) packed[at] = 0xff;
    for (const std::size_t piece : {100, 65536, 128 << 10, 1 << 20}) {
      const Read read = read_all(Codec::kLz4, packed, piece);
      EXPECT_EQ(read.error, DecompressError::kCorrupt);
      EXPECT_GT(read.bytes.size(), 80000u) << piece;
      EXPECT_TRUE(std::equal(bytes.begin(), bytes.begin() + 80000, read.bytes.begin())) << piece;
    }
  }
}

TEST(Lz4Frames, WhatIsThereOfACutBlockComesOut) {
  for (const Buffer& bytes : {compressible_bytes(1 << 20), random_bytes(1 << 20)}) {
    Buffer packed = lz4_frame(bytes, {LZ4F_max4MB, LZ4F_blockIndependent});
    packed.resize(packed.size() / 2);
    const Read read = read_all(Codec::kLz4, packed, 4096);
    EXPECT_EQ(read.error, DecompressError::kCorrupt);
    EXPECT_GT(read.bytes.size(), bytes.size() * 2 / 5);
    EXPECT_TRUE(std::equal(read.bytes.begin(), read.bytes.end(), bytes.begin()));
  }
}

}  // namespace
}  // namespace kmirror::compression
