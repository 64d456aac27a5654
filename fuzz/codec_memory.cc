#include "fuzz/codec_memory.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace kmirror::fuzz {
namespace {

constexpr std::uint32_t kZstdMagic = 0x28b52ffd;
// Frames of zstd before 1.0, which libzstd reads as well (0.5 to 0.7): each has its own header.
constexpr std::uint32_t kOldZstdMagics[] = {0x25b52ffd, 0x26b52ffd, 0x27b52ffd};
constexpr std::uint64_t kZstdWindowMax = std::uint64_t{128} << 20;
// Contexts of all codecs, and zstd's blocks of 128 KiB.
constexpr std::size_t kContextBytes = 1 << 20;

// RFC 8878, 3.1.1.1: a window, or the content's size where that takes its place.
std::size_t zstd_memory(ConstBytes frame) {
  if (frame.size() < 6) return 0;
  const std::uint8_t flags = frame[4];
  if ((flags & 0x20) == 0) {
    const std::uint64_t base = std::uint64_t{1} << (10 + (frame[5] >> 3));
    return std::min(base + base / 8 * (frame[5] & 7), kZstdWindowMax);
  }
  constexpr std::size_t kDictionaryIdBytes[] = {0, 1, 2, 4};
  constexpr std::size_t kSizeBytes[] = {1, 2, 4, 8};
  const std::size_t at = 5 + kDictionaryIdBytes[flags & 3];
  const std::size_t bytes = kSizeBytes[flags >> 6];
  std::uint64_t size = bytes == 2 ? 256 : 0;
  for (std::size_t i = 0; i < bytes && at + i < frame.size(); ++i) {
    size += std::uint64_t{frame[at + i]} << (8 * i);
  }
  return std::min(size, kZstdWindowMax);
}

}  // namespace

std::size_t codec_memory(ConstBytes bytes) {
  std::size_t frame_bytes = 0;
  for (std::size_t at = 0; at + sizeof(std::uint32_t) <= bytes.size(); ++at) {
    const ConstBytes frame = bytes.subspan(at);
    const auto magic = load_be<std::uint32_t>(frame.data());
    if (std::ranges::find(kOldZstdMagics, magic) != std::end(kOldZstdMagics))
      frame_bytes = kZstdWindowMax;
    if (magic == kZstdMagic) frame_bytes = std::max(frame_bytes, zstd_memory(frame));
  }
  return kContextBytes + frame_bytes;
}

}  // namespace kmirror::fuzz
