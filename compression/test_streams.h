// For the tests of this layer: streams as liblz4 and libsnappy write them, and the reading of any
// in pieces.
#pragma once

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <snappy.h>

#include <string>

#include "compression/decompressor.h"
#include "compression/test_data.h"

namespace kmirror::compression {

inline Buffer lz4_frame(ConstBytes bytes, const LZ4F_frameInfo_t& info) {
  LZ4F_preferences_t preferences = {};
  preferences.frameInfo = info;
  Buffer packed(LZ4F_compressFrameBound(bytes.size(), &preferences));
  packed.resize(
      LZ4F_compressFrame(packed.data(), packed.size(), bytes.data(), bytes.size(), &preferences));
  return packed;
}

// One block, without xerial's framing.
inline Buffer raw_snappy(ConstBytes bytes) {
  std::string packed;
  ::snappy::Compress(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &packed);
  return Buffer(packed.begin(), packed.end());
}

struct Read {
  Buffer bytes;
  DecompressError error;
};

inline Read read_all(Decompressor& stream, std::size_t piece_bytes) {
  Read read;
  Buffer piece(piece_bytes);
  std::size_t got = 0;
  do {
    got = stream.read(piece);
    append(read.bytes, ConstBytes(piece).first(got));
  } while (got == piece.size());
  EXPECT_EQ(stream.read(piece), 0u);
  read.error = stream.error();
  return read;
}

inline Read read_all(Codec codec, ConstBytes packed, std::size_t piece_bytes) {
  return read_all(*make_decompressor(codec, packed), piece_bytes);
}

}  // namespace kmirror::compression
