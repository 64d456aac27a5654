// Large blocks of snappy are read here in pieces and by libsnappy, which have to agree.
#include "compression/snappy_block.h"

#include <gtest/gtest.h>
#include <snappy.h>

#include <algorithm>
#include <map>

#include "base/testing/memory_in_use.h"
#include "compression/test_streams.h"

namespace kmirror::compression {
namespace {

constexpr std::size_t kLimit = 256 << 20;

void append_number(Buffer& to, std::size_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Buffer header(std::size_t size) {
  Buffer packed;
  for (; size >= 0x80; size >>= 7) packed.push_back(static_cast<std::uint8_t>(size | 0x80));
  packed.push_back(static_cast<std::uint8_t>(size));
  return packed;
}

void append_literal(Buffer& to, ConstBytes bytes) {
  if (bytes.empty()) return;
  to.push_back(62 << 2);  // three bytes of length
  append_number(to, bytes.size() - 1, 3);
  append(to, bytes);
}

void append_copy(Buffer& to, std::size_t distance, std::size_t length) {
  const bool is_far = distance > 0xffff;
  to.push_back(static_cast<std::uint8_t>((length - 1) << 2 | (is_far ? 3 : 2)));
  append_number(to, distance, is_far ? 4 : 2);
}

// Finds repetitions at any distance, as the writers do that franz-go uses; libsnappy's own does so
// within 64 KiB.
Buffer packed_from_afar(ConstBytes bytes) {
  constexpr std::size_t kShortest = 8;
  std::map<std::uint64_t, std::size_t> first;
  Buffer packed = header(bytes.size());
  std::size_t at = 0;
  std::size_t literals = 0;
  while (at + kShortest <= bytes.size()) {
    const auto [found, is_new] = first.try_emplace(load_be<std::uint64_t>(&bytes[at]), at);
    if (is_new) {
      ++at;
      continue;
    }
    std::size_t length = kShortest;
    while (length < 64 && at + length < bytes.size() &&
           bytes[found->second + length] == bytes[at + length]) {
      ++length;
    }
    append_literal(packed, bytes.subspan(literals, at - literals));
    append_copy(packed, at - found->second, length);
    at += length;
    literals = at;
  }
  append_literal(packed, bytes.subspan(literals));
  return packed;
}

void expect_same_as_libsnappy(ConstBytes packed, std::initializer_list<std::size_t> pieces) {
  Buffer whole;
  const DecompressError error = decompress(Codec::kSnappy, packed, kLimit, whole);
  for (const std::size_t piece : pieces) {
    const Read read = read_all(Codec::kSnappy, packed, piece);
    ASSERT_EQ(read.error, error) << piece;
    if (error == DecompressError::kNone) {
      ASSERT_TRUE(read.bytes == whole) << piece;
    }
  }
}

void expect_to_read(ConstBytes packed, const Buffer& bytes,
                    std::initializer_list<std::size_t> pieces) {
  Buffer whole;
  ASSERT_EQ(decompress(Codec::kSnappy, packed, bytes.size(), whole), DecompressError::kNone);
  ASSERT_TRUE(whole == bytes);
  expect_same_as_libsnappy(packed, pieces);
}

// A repetition of bytes that cannot be compressed, each time with some that are new.
Buffer far_repetitions(std::size_t period, std::size_t size) {
  const Buffer random = random_bytes(size);
  Buffer bytes = random_bytes(period, 2);
  while (bytes.size() < size) {
    bytes.push_back(random[bytes.size() - 1]);
    for (int i = 0; i < 997; ++i) bytes.push_back(bytes[bytes.size() - period]);
  }
  return bytes;
}

TEST(SnappyBlocks, AreReadInPiecesOfAnySize) {
  for (const std::size_t size : {70000, 300000}) {
    for (const Buffer& bytes : {compressible_bytes(size), random_bytes(size), Buffer(size)}) {
      ASSERT_NO_FATAL_FAILURE(expect_to_read(raw_snappy(bytes), bytes, {1, 7, 4096, 65536}));
    }
  }
}

TEST(SnappyBlocks, MayReferBackToAnywhere) {
  for (const Buffer& bytes : {compressible_bytes(1 << 20), far_repetitions(70000, 1 << 20),
                              far_repetitions(300000, 3 << 20)}) {
    const Buffer packed = packed_from_afar(bytes);
    ASSERT_LT(packed.size(), bytes.size() * 2 / 3);
    ASSERT_NO_FATAL_FAILURE(expect_to_read(packed, bytes, {1000, 128 << 10}));
  }
}

// The longest ways back that a writer's blocks have: each record is the one before it, but for its
// first bytes.
TEST(SnappyBlocks, MayRepeatLargeRecordsManyTimes) {
  constexpr std::size_t kRecordBytes = 70'001;
  constexpr std::size_t kRecords = 150;
  constexpr std::size_t kNewBytes = 12;
  Buffer bytes = random_bytes(kRecordBytes);
  Buffer packed = header(kRecords * kRecordBytes);
  append_literal(packed, bytes);
  for (std::size_t i = 1; i < kRecords; ++i) {
    const Buffer fresh = random_bytes(kNewBytes, i);
    append_literal(packed, fresh);
    const std::size_t rest = bytes.size() - kRecordBytes + kNewBytes;
    bytes.reserve(kRecords * kRecordBytes);
    append(bytes, fresh);
    for (std::size_t left = kRecordBytes - kNewBytes; left > 0;) {
      const std::size_t length = std::min<std::size_t>(left, 64);
      append_copy(packed, kRecordBytes, length);
      left -= length;
    }
    bytes.insert(bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(rest),
                 bytes.begin() + static_cast<std::ptrdiff_t>(rest + kRecordBytes - kNewBytes));
  }
  ASSERT_NO_FATAL_FAILURE(expect_to_read(packed, bytes, {128 << 10}));
}

TEST(SnappyBlocks, MadeUpOnesAreJudgedAlike) {
  Random random(3);
  int good = 0;
  constexpr int kRounds = 20000;
  for (int round = 0; round < kRounds; ++round) {
    Buffer block;
    std::size_t size = 0;
    for (std::size_t elements = random.below(8) + 1; elements > 0; --elements) {
      const auto tag = static_cast<std::uint8_t>(random.next());
      block.push_back(tag);
      const std::size_t high = tag >> 2;
      if ((tag & 3) == 0) {
        const std::size_t bytes = high < 60 ? high + 1 : random.below(200) + 1;
        if (high >= 60) append_number(block, bytes - 1, static_cast<int>(high) - 59);
        append(block, random_bytes(bytes, random.next()));
        size += bytes;
      } else {
        const std::size_t distance = random.below(size + 2);
        if ((tag & 3) == 1)
          block.back() = static_cast<std::uint8_t>((tag & 0x1f) | distance >> 8 << 5);
        append_number(block, distance, (tag & 3) == 3 ? 4 : tag & 3);
        size += (tag & 3) == 1 ? 4 + (high & 7) : high + 1;
      }
    }
    if (random.below(10) == 0) block.pop_back();
    if (random.below(10) == 0) append(block, Buffer{0xfc, 0xff, 0xff, 0xff, 0xff});
    Buffer packed = header(random.below(10) == 0 ? size + 1 : size);
    append(packed, block);
    Buffer out;
    if (decompress(Codec::kSnappy, packed, kLimit, out) == DecompressError::kNone) ++good;

    std::size_t declared = 0;
    const auto* const chars = reinterpret_cast<const char*>(packed.data());
    ASSERT_TRUE(::snappy::GetUncompressedLength(chars, packed.size(), &declared));
    SnappyBlock pieces(packed, declared);
    LzWindow window;
    ASSERT_TRUE(window.decode(pieces));
    Buffer read(declared + 1);
    read.resize(window.read(read));
    if (declared <= 22 * packed.size()) {
      ASSERT_EQ(pieces.error() == DecompressError::kNone,
                ::snappy::IsValidCompressedBuffer(chars, packed.size()));
    }
    if (pieces.error() == DecompressError::kNone) {
      ASSERT_TRUE(read == out);
    }
  }
  EXPECT_GT(good, kRounds / 100);
  EXPECT_LT(good, kRounds - kRounds / 100);
}

TEST(SnappyBlocks, EveryPrefixAndDamageIsJudgedAlike) {
  const Buffer bytes = far_repetitions(70000, 80000);
  const Buffer packed = packed_from_afar(bytes);
  Random random(5);
  for (int round = 0; round < 300; ++round) {
    ASSERT_NO_FATAL_FAILURE(
        expect_same_as_libsnappy(ConstBytes(packed).first(random.below(packed.size())), {4096}));
    Buffer damaged = packed;
    damaged[packed.size() - 1 - random.below(1000)] = static_cast<std::uint8_t>(random.next());
    ASSERT_NO_FATAL_FAILURE(expect_same_as_libsnappy(damaged, {4096, 70000}));
  }
}

TEST(SnappyBlocks, WhatIsGoodInFrontOfADamageComesOut) {
  const Buffer bytes = compressible_bytes(1 << 20);
  Buffer packed = raw_snappy(bytes);
  packed.resize(packed.size() / 2);
  for (const std::size_t piece : {1000, 4 << 20}) {
    const Read read = read_all(Codec::kSnappy, packed, piece);
    EXPECT_EQ(read.error, DecompressError::kCorrupt);
    EXPECT_GT(read.bytes.size(), bytes.size() * 2 / 5);
    EXPECT_TRUE(std::equal(read.bytes.begin(), read.bytes.end(), bytes.begin()));
  }
}

// Each copy goes to the far end of what the one before looked up, through literals of one byte.
TEST(SnappyBlocks, ThatWouldTakeForEverAreRefused) {
  constexpr std::size_t kPeriod = 70000;
  Buffer body;
  for (std::size_t i = 0; i < kPeriod; ++i) append(body, Buffer{0, static_cast<std::uint8_t>(i)});
  std::size_t size = kPeriod;
  for (; size < (4 << 20); size += 64) append_copy(body, kPeriod, 64);
  Buffer packed = header(size);
  append(packed, body);
  Buffer whole;
  EXPECT_EQ(decompress(Codec::kSnappy, packed, kLimit, whole), DecompressError::kNone);
  const Read read = read_all(Codec::kSnappy, packed, 4096);
  EXPECT_EQ(read.error, DecompressError::kWindowTooLarge);
  EXPECT_GT(read.bytes.size(), kPeriod);
  EXPECT_TRUE(std::equal(read.bytes.begin(), read.bytes.end(), whole.begin()));
}

// Sanitizers keep other books, so with them only the bytes are counted.
TEST(SnappyBlocks, CostAWindowWhateverTheirSize) {
  constexpr std::size_t kSize = 220 << 20;
  Buffer packed = header(kSize);
  append_literal(packed, Buffer(64));
  for (std::size_t size = 64; size < kSize; size += 64) append_copy(packed, 1, 64);
  Buffer piece(128 << 10);
  const std::int64_t before = memory_in_use();
  const auto stream = make_decompressor(Codec::kSnappy, packed);
  std::int64_t most = 0;
  std::size_t total = 0;
  std::size_t got = piece.size();
  for (; got == piece.size(); total += got) {
    got = stream->read(piece);
    most = std::max(most, memory_in_use());
  }
  EXPECT_EQ(stream->error(), DecompressError::kNone);
  EXPECT_EQ(total, kSize);
  EXPECT_LT(most - before, 512 << 10);
}

}  // namespace
}  // namespace kmirror::compression
