#include "compression/codec.h"

#include <array>
#include <limits>

#include "base/check.h"
#include "compression/gzip.h"
#include "compression/lz4.h"
#include "compression/output.h"
#include "compression/snappy.h"
#include "compression/zstd.h"

namespace kmirror::compression {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"none", "gzip", "snappy", "lz4", "zstd"};

// Kafka counts every batch in an int32.
constexpr std::size_t kMaxInputBytes = std::numeric_limits<std::int32_t>::max();

DecompressError copy(ConstBytes in, BoundedOutput& out) {
  if (in.size() > out.left()) return DecompressError::kTooLarge;
  if (in.empty()) return DecompressError::kNone;
  std::memcpy(out.room(in.size()).data(), in.data(), in.size());
  out.commit(in.size());
  return DecompressError::kNone;
}

DecompressError dispatch(Codec codec, ConstBytes in, BoundedOutput& out) {
  switch (codec) {
    case Codec::kNone:
      return copy(in, out);
    case Codec::kGzip:
      return gzip_decompress(in, out);
    case Codec::kSnappy:
      return snappy_decompress(in, out);
    case Codec::kLz4:
      return lz4_decompress(in, out);
    case Codec::kZstd:
      return zstd_decompress(in, out);
  }
  return DecompressError::kCorrupt;
}

}  // namespace

std::string_view codec_name(Codec codec) {
  return kNames[static_cast<std::size_t>(codec)];
}

std::optional<Codec> codec_from_name(std::string_view name) {
  if (name == "uncompressed") return Codec::kNone;
  for (std::size_t id = 0; id < kNames.size(); ++id) {
    if (name == kNames[id]) return static_cast<Codec>(id);
  }
  return {};
}

std::optional<Codec> codec_from_id(int id) {
  if (id < 0 || id >= static_cast<int>(kNames.size())) return {};
  return static_cast<Codec>(id);
}

std::optional<LevelRange> level_range(Codec codec) {
  // org.apache.kafka.common.compress: GzipCompression, Lz4Compression, ZstdCompression (KIP-390).
  switch (codec) {
    case Codec::kGzip:
      return LevelRange{1, 9};
    case Codec::kLz4:
      return LevelRange{1, 17};
    case Codec::kZstd:
      return LevelRange{-131072, 22};
    case Codec::kNone:
    case Codec::kSnappy:
      break;
  }
  return {};
}

DecompressError decompress(Codec codec, ConstBytes in, std::size_t limit_bytes, Buffer& out) {
  if (in.size() > kMaxInputBytes) {
    out.clear();
    return DecompressError::kTooLarge;
  }
  BoundedOutput bounded(out, limit_bytes);
  const DecompressError error = dispatch(codec, in, bounded);
  if (error == DecompressError::kNone) {
    bounded.close();
  } else {
    out.clear();
  }
  return error;
}

Compressor::Compressor(Codec codec, std::optional<int> level) : codec_(codec), level_(level) {
  const std::optional<LevelRange> range = level_range(codec);
  KM_CHECK(!level || (range && *level >= range->min && *level <= range->max),
           "the configuration checks levels before they get here");
}

void Compressor::finish(Buffer& out) {
  KM_CHECK(raw_.size() <= kMaxInputBytes, "Kafka counts every batch in an int32");
  switch (codec_) {
    case Codec::kNone:
      out.insert(out.end(), raw_.begin(), raw_.end());
      break;
    case Codec::kGzip:
      gzip_compress(raw_, level_, out);
      break;
    case Codec::kSnappy:
      snappy_compress(raw_, level_, out);
      break;
    case Codec::kLz4:
      lz4_compress(raw_, level_, out);
      break;
    case Codec::kZstd:
      zstd_compress(raw_, level_, out);
      break;
  }
  raw_ = Buffer();  // Not kept: a key lane has a compressor for each destination partition.
}

}  // namespace kmirror::compression
