// Zstandard frames through libzstd. Contexts are kept per thread.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "compression/decompressor.h"

namespace kmirror::compression {

std::unique_ptr<Decompressor> zstd_decompressor(ConstBytes in);

// Appends to `out`; `in` has at most 2^31 - 1 bytes and `level` was checked.
void zstd_compress(ConstBytes in, std::optional<int> level, Buffer& out);

}  // namespace kmirror::compression
