#include "compression/codec.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"
#include "compression/decompressor.h"
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

class Copier : public Decompressor {
 public:
  explicit Copier(ConstBytes in) : rest_(in) {}

 private:
  std::size_t step(MutableBytes room) override {
    const std::size_t size = std::min(rest_.size(), room.size());
    std::copy_n(rest_.data(), size, room.data());
    rest_ = rest_.subspan(size);
    return rest_.empty() ? end(DecompressError::kNone, size) : size;
  }

  ConstBytes rest_;
};

DecompressError copy(ConstBytes in, BoundedOutput& out) {
  if (in.size() > out.left()) return DecompressError::kTooLarge;
  if (in.empty()) return DecompressError::kNone;
  std::memcpy(out.room(in.size()).data(), in.data(), in.size());
  out.commit(in.size());
  return DecompressError::kNone;
}

ConstBytes gathered(std::span<const ConstBytes> slices, Scratch& scratch) {
  std::size_t size = 0;
  for (const ConstBytes slice : slices) size += slice.size();
  const MutableBytes room = scratch.room(size);
  std::uint8_t* to = room.data();
  for (const ConstBytes slice : slices) {
    if (!slice.empty()) std::memcpy(to, slice.data(), slice.size());
    to += slice.size();
  }
  return room.first(size);
}

DecompressError drain(Decompressor& stream, BoundedOutput& out) {
  while (true) {
    const MutableBytes window = out.window(stream.wanted_room());
    const std::size_t written = stream.read(window);
    out.commit(written);
    if (out.over_limit()) return DecompressError::kTooLarge;
    if (written < window.size()) return stream.error();
  }
}

// What is there in larger pieces than a window goes straight to its place.
DecompressError decompress_to(Codec codec, ConstBytes in, Lz4Header lz4_header,
                              BoundedOutput& out) {
  if (in.size() > kMaxInputBytes) return DecompressError::kTooLarge;
  if (codec == Codec::kNone) return copy(in, out);
  if (codec == Codec::kSnappy) return snappy_decompress(in, out);
  const std::unique_ptr<Decompressor> stream = make_decompressor(codec, in, lz4_header);
  return drain(*stream, out);
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

const char* decompress_error_text(DecompressError error) {
  switch (error) {
    case DecompressError::kNone:
      return "no error";
    case DecompressError::kCorrupt:
      return "compressed data is damaged";
    case DecompressError::kTooLarge:
      return "it decompresses to more than is allowed";
    case DecompressError::kWindowTooLarge:
      return "compressed data refers back further than is kept in memory";
  }
  return "unknown error";
}

DecompressError decompress(Codec codec, ConstBytes in, std::size_t limit_bytes, Buffer& out,
                           Lz4Header lz4_header) {
  BoundedOutput bounded(out, out.size(), limit_bytes);
  const DecompressError error = decompress_to(codec, in, lz4_header, bounded);
  out.resize(error == DecompressError::kNone ? bounded.end() : 0);
  return error;
}

Decompressed decompress_over(Codec codec, ConstBytes in, std::size_t limit_bytes, Buffer& memory,
                             Lz4Header lz4_header) {
  BoundedOutput bounded(memory, 0, limit_bytes);
  const DecompressError error = decompress_to(codec, in, lz4_header, bounded);
  if (error != DecompressError::kNone) return {.error = error, .bytes = {}};
  return {.error = error, .bytes = ConstBytes(memory).first(bounded.end())};
}

std::unique_ptr<Decompressor> make_decompressor(Codec codec, ConstBytes in, Lz4Header lz4_header) {
  KM_CHECK(in.size() <= kMaxInputBytes, "Kafka counts every batch in an int32");
  switch (codec) {
    case Codec::kNone:
      break;
    case Codec::kGzip:
      return gzip_decompressor(in);
    case Codec::kSnappy:
      return snappy_decompressor(in);
    case Codec::kLz4:
      return lz4_decompressor(in, lz4_header);
    case Codec::kZstd:
      return zstd_decompressor(in);
  }
  return std::make_unique<Copier>(in);
}

void check_level(Codec codec, std::optional<int> level) {
  const std::optional<LevelRange> range = level_range(codec);
  KM_CHECK(!level || (range && *level >= range->min && *level <= range->max),
           "the configuration checks levels before they get here");
}

void compress(Codec codec, std::optional<int> level, std::span<const ConstBytes> slices,
              Buffer& out) {
  thread_local Scratch scratch;
  const ConstBytes raw = slices.size() == 1 ? slices[0] : gathered(slices, scratch);
  KM_CHECK(raw.size() <= kMaxInputBytes, "Kafka counts every batch in an int32");
  switch (codec) {
    case Codec::kNone:
      out.insert(out.end(), raw.begin(), raw.end());
      break;
    case Codec::kGzip:
      gzip_compress(raw, level, out);
      break;
    case Codec::kSnappy:
      snappy_compress(raw, level, out);
      break;
    case Codec::kLz4:
      lz4_compress(raw, level, out);
      break;
    case Codec::kZstd:
      zstd_compress(raw, level, out);
      break;
  }
}

Compressor::Compressor(Codec codec, std::optional<int> level) : codec_(codec), level_(level) {
  check_level(codec, level);
}

void Compressor::finish(Buffer& out) {
  const ConstBytes raw = raw_;
  compress(codec_, level_, {&raw, 1}, out);
  raw_ = Buffer();  // Not kept: it may be large.
}

}  // namespace kmirror::compression
