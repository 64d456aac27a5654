// What gzip, lz4 and zstd readers must also take: streams that other writers than ours make.
#include <gtest/gtest.h>
#include <zstd.h>

#include "compression/test_streams.h"

namespace kmirror::compression {
namespace {

constexpr std::size_t kLimit = 8 << 20;

void expect_content(Codec codec, ConstBytes packed, ConstBytes bytes) {
  Buffer out;
  ASSERT_EQ(decompress(codec, packed, kLimit, out), DecompressError::kNone);
  EXPECT_TRUE(std::equal(out.begin(), out.end(), bytes.begin(), bytes.end()));
}

void expect_corrupt(Codec codec, ConstBytes packed) {
  Buffer out;
  EXPECT_EQ(decompress(codec, packed, kLimit, out), DecompressError::kCorrupt);
}

// As a stream writes it that does not know its size: no content size, a window of 2^window_log.
Buffer zstd_stream(ConstBytes bytes, int window_log) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  Buffer packed(ZSTD_compressBound(bytes.size()) + 64);
  ZSTD_outBuffer output = {packed.data(), packed.size(), 0};
  ZSTD_inBuffer first = {bytes.data(), bytes.size() / 2, 0};
  ZSTD_inBuffer rest = {bytes.data() + first.size, bytes.size() - first.size, 0};
  ZSTD_compressStream2(context, &output, &first, ZSTD_e_continue);
  EXPECT_EQ(ZSTD_compressStream2(context, &output, &rest, ZSTD_e_end), 0u);
  ZSTD_freeCCtx(context);
  packed.resize(output.pos);
  return packed;
}

TEST(Gzip, ReadsSeveralMembers) {
  const Buffer bytes = compressible_bytes(100000);
  Buffer packed = compressed(Codec::kGzip, ConstBytes(bytes).first(70000));
  append(packed, compressed(Codec::kGzip, {}));
  append(packed, compressed(Codec::kGzip, ConstBytes(bytes).subspan(70000)));
  expect_content(Codec::kGzip, packed, bytes);
  packed.pop_back();
  expect_corrupt(Codec::kGzip, packed);
}

TEST(Gzip, ChecksTheTrailer) {
  Buffer packed = compressed(Codec::kGzip, as_bytes("some text"));
  packed[packed.size() - 8] ^= 1;  // CRC-32
  expect_corrupt(Codec::kGzip, packed);
  packed[packed.size() - 8] ^= 1;
  packed[packed.size() - 4] ^= 1;  // size
  expect_corrupt(Codec::kGzip, packed);
}

TEST(Lz4, WritesIndependent64KbBlocksAsJavaDoes) {
  const Buffer packed = compressed(Codec::kLz4, compressible_bytes(100000));
  ASSERT_GT(packed.size(), 7u);
  EXPECT_EQ(packed[4], 0x60);  // version 1, independent blocks, no checksums, no content size
  EXPECT_EQ(packed[5], 0x40);  // blocks of 64 KB
}

TEST(Lz4, ReadsEveryKindOfFrame) {
  const Buffer bytes = compressible_bytes(5 << 20);
  for (const LZ4F_blockSizeID_t block : {LZ4F_max64KB, LZ4F_max256KB, LZ4F_max1MB, LZ4F_max4MB}) {
    for (const LZ4F_blockMode_t mode : {LZ4F_blockIndependent, LZ4F_blockLinked}) {
      const LZ4F_frameInfo_t info = {block,        mode, LZ4F_contentChecksumEnabled, LZ4F_frame,
                                     bytes.size(), 0,    LZ4F_blockChecksumEnabled};
      expect_content(Codec::kLz4, lz4_frame(bytes, info), bytes);
    }
  }
}

TEST(Lz4, ChecksBlockAndContentChecksums) {
  const Buffer bytes = random_bytes(100);  // stored as it is, so a flip changes content alone
  for (const bool block : {true, false}) {
    LZ4F_frameInfo_t info = {};
    info.blockChecksumFlag = block ? LZ4F_blockChecksumEnabled : LZ4F_noBlockChecksum;
    info.contentChecksumFlag = block ? LZ4F_noContentChecksum : LZ4F_contentChecksumEnabled;
    Buffer packed = lz4_frame(bytes, info);
    expect_content(Codec::kLz4, packed, bytes);
    packed[50] ^= 1;
    expect_corrupt(Codec::kLz4, packed);
  }
}

TEST(Lz4, TakesOneFrameOnly) {
  Buffer packed = compressed(Codec::kLz4, as_bytes("one"));
  append(packed, compressed(Codec::kLz4, as_bytes("two")));
  expect_corrupt(Codec::kLz4, packed);
  expect_corrupt(Codec::kLz4, Buffer{0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0});  // skippable
}

TEST(Zstd, ReadsStreamsWithoutContentSize) {
  for (const std::size_t size : {2, 1000, 65536, 131072, 3000000}) {
    const Buffer bytes = compressible_bytes(size);
    const Buffer packed = zstd_stream(bytes, 20);
    ASSERT_EQ(ZSTD_getFrameContentSize(packed.data(), packed.size()), ZSTD_CONTENTSIZE_UNKNOWN);
    expect_content(Codec::kZstd, packed, bytes);
  }
}

TEST(Zstd, ReadsSeveralFrames) {
  const Buffer bytes = compressible_bytes(300000);
  Buffer packed = zstd_stream(ConstBytes(bytes).first(100000), 17);
  append(packed, compressed(Codec::kZstd, {}));
  append(packed, Buffer{0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3});  // skippable
  append(packed, compressed(Codec::kZstd, ConstBytes(bytes).subspan(100000)));
  expect_content(Codec::kZstd, packed, bytes);
  packed.pop_back();
  expect_corrupt(Codec::kZstd, packed);
}

// Java's level 22 declares a window of 128 MiB for any size; nothing larger is taken.
TEST(Zstd, WindowsUpTo128MiB) {
  const Buffer bytes = compressible_bytes(200000);
  expect_content(Codec::kZstd, zstd_stream(bytes, 27), bytes);
  Buffer out;
  EXPECT_EQ(decompress(Codec::kZstd, zstd_stream(bytes, 28), kLimit, out),
            DecompressError::kWindowTooLarge);
}

TEST(Zstd, ChecksTheChecksum) {
  Buffer packed = zstd_stream(as_bytes("some text"), 17);
  packed.back() ^= 1;
  expect_corrupt(Codec::kZstd, packed);
}

}  // namespace
}  // namespace kmirror::compression
