#include "compression/snappy.h"

#include <snappy.h>

#include <algorithm>
#include <array>

namespace kmirror::compression {
namespace {

// The header of xerial's framing (org.xerial.snappy.SnappyCodec): magic, then the version and the
// lowest compatible version, both int32 and 1. Blocks follow, each behind its int32 size.
constexpr std::array<std::uint8_t, 16> kHeader = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0,
                                                  0,    0,   0,   1,   0,   0,   0,   1};
constexpr std::size_t kMagicBytes = 8;
constexpr std::int32_t kLowestVersion = 1;

// What org.xerial.snappy.SnappyOutputStream gathers before it writes a block.
constexpr std::size_t kBlockBytes = 32 << 10;

// Snappy's best element makes 64 bytes of 3, so no honest block grows by more than this.
constexpr std::size_t kMaxGrowth = 22;

const char* chars(const std::uint8_t* bytes) {
  return reinterpret_cast<const char*>(bytes);
}

bool has_magic(ConstBytes in) {
  return in.size() >= kMagicBytes && std::equal(in.data(), in.data() + kMagicBytes, kHeader.data());
}

DecompressError decompress_block(ConstBytes in, BoundedOutput& out) {
  std::size_t size = 0;
  if (!::snappy::GetUncompressedLength(chars(in.data()), in.size(), &size)) {
    return DecompressError::kCorrupt;
  }
  if (size > in.size() * kMaxGrowth) return DecompressError::kCorrupt;
  if (size > out.left()) return DecompressError::kTooLarge;
  const MutableBytes room = out.room(size);
  if (!::snappy::RawUncompress(chars(in.data()), in.size(), reinterpret_cast<char*>(room.data()))) {
    return DecompressError::kCorrupt;
  }
  out.commit(size);
  return DecompressError::kNone;
}

}  // namespace

DecompressError snappy_decompress(ConstBytes in, BoundedOutput& out) {
  if (!has_magic(in)) return decompress_block(in, out);
  while (!in.empty()) {
    // A header may also stand between blocks: xerial's reader takes concatenated streams.
    if (has_magic(in)) {
      if (in.size() < kHeader.size()) return DecompressError::kCorrupt;
      if (load_be<std::int32_t>(in.data() + kMagicBytes) < kLowestVersion) {
        return DecompressError::kCorrupt;
      }
      in = in.subspan(kHeader.size());
      continue;
    }
    if (in.size() < sizeof(std::int32_t)) return DecompressError::kCorrupt;
    const auto size = load_be<std::int32_t>(in.data());
    in = in.subspan(sizeof(size));
    if (size < 0 || static_cast<std::size_t>(size) > in.size()) return DecompressError::kCorrupt;
    const DecompressError error = decompress_block(in.first(static_cast<std::size_t>(size)), out);
    if (error != DecompressError::kNone) return error;
    in = in.subspan(static_cast<std::size_t>(size));
  }
  return DecompressError::kNone;
}

void snappy_compress(ConstBytes in, std::optional<int> /*level*/, Buffer& out) {
  out.insert(out.end(), kHeader.begin(), kHeader.end());
  const MutableBytes room = thread_scratch(::snappy::MaxCompressedLength(kBlockBytes));
  while (!in.empty()) {
    const ConstBytes block = in.first(std::min(in.size(), kBlockBytes));
    std::size_t size = 0;
    ::snappy::RawCompress(chars(block.data()), block.size(), reinterpret_cast<char*>(room.data()),
                          &size);
    const std::size_t prefix = out.size();
    out.resize(prefix + sizeof(std::int32_t));
    store_be(out.data() + prefix, static_cast<std::int32_t>(size));
    out.insert(out.end(), room.data(), room.data() + size);
    in = in.subspan(block.size());
  }
}

}  // namespace kmirror::compression
