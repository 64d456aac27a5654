// gzip members (RFC 1952) through zlib. Contexts are kept per thread.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "compression/decompressor.h"

namespace kmirror::compression {

std::unique_ptr<Decompressor> gzip_decompressor(ConstBytes in);

// Appends to `out`; `in` has at most 2^31 - 1 bytes and `level` was checked.
void gzip_compress(ConstBytes in, std::optional<int> level, Buffer& out);

}  // namespace kmirror::compression
