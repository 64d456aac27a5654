// LZ4 frames: their blocks through liblz4, or piece by piece where they are too large for that.
// Nothing is kept per thread but scratch memory.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "compression/decompressor.h"

namespace kmirror::compression {

std::unique_ptr<Decompressor> lz4_decompressor(ConstBytes in, Lz4Header header);

// Appends to `out`; `in` has at most 2^31 - 1 bytes and `level` was checked.
void lz4_compress(ConstBytes in, std::optional<int> level, Buffer& out);

}  // namespace kmirror::compression
