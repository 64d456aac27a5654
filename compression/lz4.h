// LZ4 frames through liblz4. Contexts are kept per thread.
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
