// The codecs of Kafka's record batches: gzip, snappy, lz4 frames and zstd, as the Java client reads
// and writes them. Functions on whole payloads; decompressor.h reads them piece by piece. Library
// contexts are kept per thread; a Compressor belongs to one owner and may move between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace kmirror::compression {

// Values are bits 0 to 2 of a batch's attributes (org.apache.kafka.common.record.CompressionType).
enum class Codec : std::uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

// Kafka's name of the codec: none, gzip, snappy, lz4, zstd.
std::string_view codec_name(Codec codec);

// The codec of that name; "uncompressed", a topic's word for it, is kNone. Exact case, as in Kafka.
std::optional<Codec> codec_from_name(std::string_view name);

// The codec of attribute bits 0 to 2; nothing for 5 to 7, which Kafka does not define.
std::optional<Codec> codec_from_id(int id);

// The levels that Kafka's compression.*.level takes; nothing for a codec without levels.
struct LevelRange {
  int min;
  int max;
};
std::optional<LevelRange> level_range(Codec codec);

enum class DecompressError : std::uint8_t {
  kNone,
  kCorrupt,   // not this codec's format, a wrong checksum, an early end, or bytes behind the end
  kTooLarge,  // more than limit_bytes would come out, or is declared by a block of snappy
  // More of what came out before is needed than is kept: by a zstd frame, a window of more than 128
  // MiB; by a block of snappy, in pieces, too often.
  kWindowTooLarge,
};

// Words for an error, to stand behind "cannot be read: ".
const char* decompress_error_text(DecompressError error);

// Kafka before 0.10 computed the checksum in an lz4 frame's header over the wrong bytes, and for
// messages of format 0 later versions do the same (Lz4BlockOutputStream, KAFKA-3160).
enum class Lz4Header : std::uint8_t { kChecked, kAnyChecksum };

// Appends what `in` holds to `out`; on an error `out` is cleared. At most limit_bytes are produced,
// and memory grows with what is really produced, never with a size that `in` declares. An empty
// `in` is corrupt for every codec but kNone: each of the formats has at least a header. An early
// end is noticed everywhere but between two blocks of snappy's framing, which has no end.
DecompressError decompress(Codec codec, ConstBytes in, std::size_t limit_bytes, Buffer& out,
                           Lz4Header lz4_header = Lz4Header::kChecked);

// The same into memory that is used again and again: over what is there, which is not cleared
// first. What came out is nothing on an error, and valid until the memory is used for something
// else.
struct Decompressed {
  DecompressError error;
  ConstBytes bytes;
};
Decompressed decompress_over(Codec codec, ConstBytes in, std::size_t limit_bytes, Buffer& memory,
                             Lz4Header lz4_header = Lz4Header::kChecked);

// `level` lies in level_range(codec), or there is none: Kafka's default.
void check_level(Codec codec, std::optional<int> level);

// Appends the compressed form of the slices in their order, together at most 2^31 - 1 bytes, to
// `out`. `level` as above. Several slices are gathered first, in memory of the thread's, so that
// all open batches share one of the codec's contexts.
void compress(Codec codec, std::optional<int> level, std::span<const ConstBytes> slices,
              Buffer& out);

// Compresses what it is fed bit by bit. That is gathered and compressed at the end: a batch is
// small, while a codec's streaming context (3 MiB for zstd) would be held by every open batch.
class Compressor {
 public:
  explicit Compressor(Codec codec, std::optional<int> level = {});

  void append(ConstBytes slice) { raw_.insert(raw_.end(), slice.begin(), slice.end()); }

  // Bytes appended since the start or the last finish().
  std::size_t raw_bytes() const { return raw_.size(); }

  // Appends the compressed form of everything appended, at most 2^31 - 1 bytes, to `out`. The
  // compressor is then empty and ready for the next batch.
  void finish(Buffer& out);

 private:
  Codec codec_;
  std::optional<int> level_;
  Buffer raw_;
};

}  // namespace kmirror::compression
