// Inputs for the tests of this layer.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/random.h"
#include "compression/codec.h"

namespace kmirror::compression {

// Text-like bytes: words drawn from a small vocabulary, so that every codec finds repeats.
inline Buffer compressible_bytes(std::size_t size, std::uint64_t seed = 1) {
  Random random(seed);
  Buffer bytes;
  bytes.reserve(size + 16);
  while (bytes.size() < size) {
    const std::string word = "word" + std::to_string(random.below(500)) + " ";
    bytes.insert(bytes.end(), word.begin(), word.end());
  }
  bytes.resize(size);
  return bytes;
}

inline Buffer random_bytes(std::size_t size, std::uint64_t seed = 1) {
  Random random(seed);
  Buffer bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

inline Buffer compressed(Codec codec, ConstBytes bytes, std::optional<int> level = {}) {
  Compressor compressor(codec, level);
  compressor.append(bytes);
  Buffer out;
  compressor.finish(out);
  return out;
}

inline void append(Buffer& to, ConstBytes from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace kmirror::compression
