#include "compression/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "compression/test_data.h"

namespace kmirror::compression {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
constexpr Codec kAll[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

class EveryCodec : public testing::TestWithParam<Codec> {};
class EveryRealCodec : public testing::TestWithParam<Codec> {};

std::string name_of(const testing::TestParamInfo<Codec>& info) {
  return std::string(codec_name(info.param));
}

INSTANTIATE_TEST_SUITE_P(, EveryCodec, testing::ValuesIn(kAll), name_of);
INSTANTIATE_TEST_SUITE_P(, EveryRealCodec, testing::ValuesIn(kAll + 1, std::end(kAll)), name_of);

TEST(Codec, NamesAreKafkas) {
  for (const Codec codec : kAll) EXPECT_EQ(codec_from_name(codec_name(codec)), codec);
  EXPECT_EQ(codec_name(Codec::kLz4), "lz4");
  EXPECT_EQ(codec_from_name("uncompressed"), Codec::kNone);
  EXPECT_EQ(codec_from_name("GZIP"), std::nullopt);
  EXPECT_EQ(codec_from_name("producer"), std::nullopt);
  EXPECT_EQ(codec_from_name(""), std::nullopt);
}

TEST(Codec, IdsAreAttributeBits) {
  EXPECT_EQ(codec_from_id(0), Codec::kNone);
  EXPECT_EQ(codec_from_id(1), Codec::kGzip);
  EXPECT_EQ(codec_from_id(2), Codec::kSnappy);
  EXPECT_EQ(codec_from_id(3), Codec::kLz4);
  EXPECT_EQ(codec_from_id(4), Codec::kZstd);
  EXPECT_EQ(codec_from_id(5), std::nullopt);
  EXPECT_EQ(codec_from_id(-1), std::nullopt);
}

TEST_P(EveryCodec, RoundTripsEverySize) {
  constexpr std::size_t kSizes[] = {0,      1,      2,      15,     100,     4096,
                                    32767,  32768,  32769,  65535,  65536,   65537,
                                    131071, 131072, 131073, 200000, 1 << 20, (3 << 20) + 7};
  for (const std::size_t size : kSizes) {
    for (const Buffer& bytes : {compressible_bytes(size), random_bytes(size), Buffer(size)}) {
      const Buffer packed = compressed(GetParam(), bytes);
      Buffer out;
      ASSERT_EQ(decompress(GetParam(), packed, size, out), DecompressError::kNone) << size;
      ASSERT_TRUE(out == bytes) << size;
    }
  }
}

TEST_P(EveryCodec, AppendsBehindWhatIsThere) {
  const Buffer bytes = compressible_bytes(100000);
  Compressor compressor(GetParam());
  compressor.append(bytes);
  Buffer packed = {1, 2, 3};
  compressor.finish(packed);
  EXPECT_EQ(Buffer(packed.begin(), packed.begin() + 3), (Buffer{1, 2, 3}));

  Buffer out = {7, 8};
  const ConstBytes payload = ConstBytes(packed).subspan(3);
  ASSERT_EQ(decompress(GetParam(), payload, bytes.size(), out), DecompressError::kNone);
  Buffer expected = {7, 8};
  append(expected, bytes);
  EXPECT_TRUE(out == expected);
}

TEST_P(EveryCodec, SlicesMakeNoDifference) {
  const Buffer bytes = compressible_bytes(150000);
  Compressor compressor(GetParam());
  Random random(5);
  std::vector<ConstBytes> slices;
  ConstBytes rest = bytes;
  while (!rest.empty()) {
    const std::size_t size = std::min<std::size_t>(random.below(400), rest.size());
    compressor.append(rest.first(size));
    slices.push_back(rest.first(size));
    rest = rest.subspan(size);
  }
  EXPECT_EQ(compressor.raw_bytes(), bytes.size());
  const Buffer expected = compressed(GetParam(), bytes);
  Buffer out;
  compressor.finish(out);
  EXPECT_TRUE(out == expected);
  out = {1};
  compress(GetParam(), {}, slices, out);
  EXPECT_TRUE(std::ranges::equal(ConstBytes(out).subspan(1), expected));
}

// What is there is neither kept nor cleared, whether it is more or less than what comes out.
TEST_P(EveryCodec, MemoryIsUsedAgain) {
  Buffer memory(300, 0xEE);
  for (const std::size_t size : {100, 100000, 5000, 0}) {
    const Buffer bytes = compressible_bytes(size);
    const Buffer packed = compressed(GetParam(), bytes);
    const auto [error, out] = decompress_over(GetParam(), packed, size, memory);
    EXPECT_EQ(error, DecompressError::kNone);
    EXPECT_TRUE(std::ranges::equal(out, bytes));
    EXPECT_GE(memory.size(), std::size_t{300});
    if (size == 0) continue;
    const auto refused = decompress_over(GetParam(), packed, size - 1, memory);
    EXPECT_EQ(refused.error, DecompressError::kTooLarge);
    EXPECT_TRUE(refused.bytes.empty());
  }
}

// Simulations replay byte for byte, whatever a thread's contexts were used for before.
TEST_P(EveryCodec, ResultsDoNotDependOnWhatCameBefore) {
  const Buffer bytes = compressible_bytes(90000);
  const Buffer expected = compressed(GetParam(), bytes);
  Compressor compressor(GetParam());
  for (const std::size_t size : {3000000, 5, 0, 70000, 90000}) {
    compressor.append(compressible_bytes(size, size));
    Buffer out;
    compressor.finish(out);
    EXPECT_EQ(compressor.raw_bytes(), 0u);
    EXPECT_TRUE(compressed(GetParam(), bytes) == expected) << size;

    const Buffer cut(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(out.size() / 2));
    decompress(GetParam(), cut, kNoLimit, out);
    out.clear();
    ASSERT_EQ(decompress(GetParam(), expected, kNoLimit, out), DecompressError::kNone) << size;
    EXPECT_TRUE(out == bytes) << size;
  }
}

TEST_P(EveryCodec, LimitIsExact) {
  for (const std::size_t size : {1, 1000, 65536, 65537, 300000}) {
    const Buffer packed = compressed(GetParam(), compressible_bytes(size));
    Buffer out;
    EXPECT_EQ(decompress(GetParam(), packed, size, out), DecompressError::kNone) << size;
    EXPECT_EQ(decompress(GetParam(), packed, size - 1, out), DecompressError::kTooLarge) << size;
    EXPECT_TRUE(out.empty());
    EXPECT_EQ(decompress(GetParam(), packed, 0, out), DecompressError::kTooLarge) << size;
  }
}

TEST_P(EveryRealCodec, BombsAreBounded) {
  const Buffer packed = compressed(GetParam(), Buffer(64 << 20));
  constexpr std::size_t kLimit = 1 << 20;
  Buffer out;
  EXPECT_EQ(decompress(GetParam(), packed, kLimit, out), DecompressError::kTooLarge);
  EXPECT_LE(out.capacity(), 3 * kLimit);
}

TEST_P(EveryRealCodec, EmptyInputIsCorrupt) {
  Buffer out = {1};
  EXPECT_EQ(decompress(GetParam(), {}, kNoLimit, out), DecompressError::kCorrupt);
  EXPECT_TRUE(out.empty());
}

TEST_P(EveryRealCodec, NoPrefixPasses) {
  for (const std::size_t size : {0, 1, 300}) {
    const Buffer packed = compressed(GetParam(), compressible_bytes(size));
    for (std::size_t cut = 0; cut < packed.size(); ++cut) {
      // Snappy's framing has no end mark: its header alone is an empty stream.
      if (GetParam() == Codec::kSnappy && cut == 16) continue;
      // Memory of its own lets the address sanitizer see a read past the end.
      const Buffer prefix(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(cut));
      Buffer out;
      EXPECT_EQ(decompress(GetParam(), prefix, kNoLimit, out), DecompressError::kCorrupt) << cut;
    }
  }
}

TEST_P(EveryRealCodec, BytesBehindTheEndAreCorrupt) {
  for (const Buffer& tail : {Buffer{0}, Buffer(100), random_bytes(100)}) {
    Buffer packed = compressed(GetParam(), compressible_bytes(300));
    append(packed, tail);
    Buffer out;
    EXPECT_EQ(decompress(GetParam(), packed, kNoLimit, out), DecompressError::kCorrupt);
    EXPECT_TRUE(out.empty());
  }
}

TEST_P(EveryRealCodec, BitFlipsStayInBounds) {
  constexpr std::size_t kLimit = 1 << 16;
  const Buffer bytes = compressible_bytes(400);
  const Buffer packed = compressed(GetParam(), bytes);
  int noticed = 0;
  for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
    Buffer damaged = packed;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    Buffer out;
    const DecompressError error = decompress(GetParam(), damaged, kLimit, out);
    EXPECT_LE(out.size(), kLimit);
    if (error != DecompressError::kNone || out != bytes) ++noticed;
  }
  EXPECT_GT(noticed, static_cast<int>(packed.size()));
}

TEST_P(EveryRealCodec, RandomInputStaysInBounds) {
  constexpr std::size_t kLimit = 1 << 16;
  const Buffer header = compressed(GetParam(), {});
  Random random(7);
  for (std::uint64_t round = 0; round < 2000; ++round) {
    // Half of the rounds begin as the format does, to get further in.
    Buffer input(header.begin(),
                 header.begin() + static_cast<std::ptrdiff_t>(random.below(header.size() + 1)));
    append(input, random_bytes(random.below(300), round));
    Buffer out;
    const DecompressError error = decompress(GetParam(), input, kLimit, out);
    EXPECT_LE(out.size(), kLimit);
    EXPECT_TRUE(error == DecompressError::kNone || out.empty());
  }
}

TEST_P(EveryCodec, LevelsArePassedOn) {
  const std::optional<LevelRange> range = level_range(GetParam());
  if (!range) {
    EXPECT_DEATH(Compressor(GetParam(), 1), "levels");
    return;
  }
  EXPECT_DEATH(Compressor(GetParam(), range->min - 1), "levels");
  EXPECT_DEATH(Compressor(GetParam(), range->max + 1), "levels");
  const Buffer bytes = compressible_bytes(200000);
  const Buffer quick = compressed(GetParam(), bytes, range->min);
  const Buffer tight = compressed(GetParam(), bytes, range->max);
  EXPECT_LT(tight.size(), quick.size());
  for (const Buffer& packed : {quick, tight}) {
    Buffer out;
    ASSERT_EQ(decompress(GetParam(), packed, bytes.size(), out), DecompressError::kNone);
    EXPECT_TRUE(out == bytes);
  }
}

TEST(Codec, DefaultLevelIsKafkas) {
  const Buffer bytes = compressible_bytes(200000);
  EXPECT_TRUE(compressed(Codec::kGzip, bytes) == compressed(Codec::kGzip, bytes, 6));
  EXPECT_TRUE(compressed(Codec::kLz4, bytes) == compressed(Codec::kLz4, bytes, 9));
  EXPECT_TRUE(compressed(Codec::kZstd, bytes) == compressed(Codec::kZstd, bytes, 3));
}

}  // namespace
}  // namespace kmirror::compression
