// Snappy in xerial's framing, and raw, which is one block: through libsnappy, or piece by piece
// where a block is too large for that. Scratch memory is kept per thread.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "compression/decompressor.h"
#include "compression/output.h"

namespace kmirror::compression {

std::unique_ptr<Decompressor> snappy_decompressor(ConstBytes in);

// All at once, every block straight to its place: a raw one may be larger than any window.
DecompressError snappy_decompress(ConstBytes in, BoundedOutput& out);

// Appends to `out`; `in` has at most 2^31 - 1 bytes and `level` was checked.
void snappy_compress(ConstBytes in, std::optional<int> level, Buffer& out);

}  // namespace kmirror::compression
