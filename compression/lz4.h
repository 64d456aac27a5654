// LZ4 frames through liblz4. One call at a time on a thread; contexts are kept per thread.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "compression/codec.h"
#include "compression/output.h"

namespace kmirror::compression {

DecompressError lz4_decompress(ConstBytes in, BoundedOutput& out);

// Appends to `out`; `in` has at most 2^31 - 1 bytes and `level` was checked.
void lz4_compress(ConstBytes in, std::optional<int> level, Buffer& out);

}  // namespace kmirror::compression
