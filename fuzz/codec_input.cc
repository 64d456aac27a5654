#include "fuzz/codec_input.h"

#include "base/check.h"
#include "compression/decompressor.h"
#include "fuzz/codec_memory.h"
#include "fuzz/memory_limit.h"

namespace kmirror::fuzz {
namespace {

using compression::Codec;
using compression::DecompressError;
using compression::Lz4Header;

// More than a block of any codec that Kafka's writers make.
constexpr std::size_t kLimitBytes = 256 * 1024;

// The output while it grows.
constexpr std::size_t kMemoryBytes = 1 << 20;

// The input decides.
std::size_t piece_bytes_of(ConstBytes input) {
  return 1 + input.size() * 31 % 5000;
}

// Stops beyond the limit, as a reader may at any time.
DecompressError read_in_pieces(Codec codec, ConstBytes input, Lz4Header lz4_header, Buffer& out) {
  const std::size_t piece_bytes = piece_bytes_of(input);
  const auto stream = make_decompressor(codec, input, lz4_header);
  std::size_t got = piece_bytes;
  std::size_t size = 0;
  for (; got == piece_bytes && size <= kLimitBytes; size += got) {
    out.resize(size + piece_bytes);
    got = stream->read(MutableBytes(out).subspan(size));
  }
  out.resize(size);
  return stream->error();
}

void check_pieces(Codec codec, DecompressError whole_error, const Buffer& whole,
                  DecompressError error, const Buffer& pieces, std::size_t piece_bytes) {
  // Of snappy's blocks some are refused that would take too long in pieces.
  if (codec == Codec::kSnappy && error == DecompressError::kWindowTooLarge) {
    KM_CHECK(whole_error != DecompressError::kNone ||
                 (pieces.size() <= whole.size() &&
                  std::equal(pieces.begin(), pieces.end(), whole.begin())),
             "what came before is right");
    return;
  }
  if (whole_error == DecompressError::kTooLarge) {
    // What a block of snappy declares counts before anybody knows that it is damaged. Of others
    // but lz4 the piece with the damage in it may be lost.
    const bool may_be_damaged =
        error == DecompressError::kCorrupt && codec != Codec::kLz4 &&
        (codec == Codec::kSnappy || pieces.size() + piece_bytes > kLimitBytes);
    KM_CHECK(pieces.size() > kLimitBytes || may_be_damaged, "the pieces exceed the limit too");
    return;
  }
  KM_CHECK(error == whole_error, "whole or in pieces, it is the same damage");
  KM_CHECK(error != DecompressError::kNone || pieces == whole, "and the same content");
}

}  // namespace

void read_compressed(Codec codec, ConstBytes input, Lz4Header lz4_header) {
  Buffer out;
  DecompressError error;
  {
    const MemoryLimit limit(kMemoryBytes + codec_memory(input));
    error = decompress(codec, input, kLimitBytes, out, lz4_header);
  }
  KM_CHECK(out.size() <= kLimitBytes, "no more comes out than is allowed");
  KM_CHECK(error == DecompressError::kNone || out.empty(), "nothing comes out of what is damaged");
  Buffer pieces;
  DecompressError error_of_pieces;
  {
    const MemoryLimit limit(kMemoryBytes + codec_memory(input));
    error_of_pieces = read_in_pieces(codec, input, lz4_header, pieces);
  }
  check_pieces(codec, error, out, error_of_pieces, pieces, piece_bytes_of(input));
  if (error != DecompressError::kNone) return;

  compression::Compressor compressor(codec);
  compressor.append(out);
  Buffer packed;
  compressor.finish(packed);
  Buffer again;
  KM_CHECK(decompress(codec, packed, out.size(), again) == DecompressError::kNone,
           "what was compressed decompresses");
  KM_CHECK(again == out, "to what it was");
}

}  // namespace kmirror::fuzz
