// How much a broker takes. Constants.
#pragma once

#include <cstddef>

namespace kmirror::broker {

// Of a batch's records, decompressed.
inline constexpr std::size_t kMaxDecompressedBytes = 128 << 20;

}  // namespace kmirror::broker
