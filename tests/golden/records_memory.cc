#include "records_memory.h"

#include <algorithm>
#include <array>
#include <memory>

#include "compression/decompressor.h"
#include "fuzz/codec_memory.h"

namespace kmirror::golden {
namespace {

using compression::Codec;

// Of a RecordStream; a payload that is decompressed whole has half of it.
constexpr std::size_t kWindowBytes = 128 << 10;

// Of the objects that keep the codec and its place.
constexpr std::size_t kStateBytes = 1 << 10;

// As compression/decompressor.h says. A block of snappy that is decompressed whole has room for
// what it declares, which is refused where it could not come from so few bytes.
std::size_t codec_bytes(Codec codec, ConstBytes payload) {
  constexpr std::size_t kSnappyGrowth = 22;
  switch (codec) {
    case Codec::kNone:
      break;
    case Codec::kGzip:
      return 48 << 10;  // with its state
    case Codec::kSnappy:
      return (256 << 10) + kSnappyGrowth * payload.size();
    case Codec::kLz4:
      return 128 << 10;
    case Codec::kZstd:
      return fuzz::codec_memory(payload);
  }
  return 0;
}

std::size_t decompressed_bytes(Codec codec, ConstBytes payload, std::size_t limit_bytes) {
  const auto stream =
      compression::make_decompressor(codec, payload, compression::Lz4Header::kAnyChecksum);
  std::array<std::uint8_t, 4096> piece;
  std::size_t sum = 0;
  for (std::size_t got = piece.size(); got == piece.size() && sum <= limit_bytes; sum += got) {
    got = stream->read(piece);
  }
  return std::min(sum, limit_bytes);
}

}  // namespace

bool is_worth(std::size_t asked, const Payload& payload, std::size_t limit_bytes, int times) {
  if (!payload.codec || payload.codec == Codec::kNone) return asked == 0;
  const std::size_t least = codec_bytes(*payload.codec, payload.bytes) + kWindowBytes + kStateBytes;
  const std::size_t allowed = least * static_cast<std::size_t>(times);
  // As a rule that is enough, and nobody has to find out what comes.
  return asked <= allowed ||
         asked <= allowed + 4 * decompressed_bytes(*payload.codec, payload.bytes, limit_bytes);
}

}  // namespace kmirror::golden
