// CRC-32C (Castagnoli), the checksum of record batches v2, and its algebra: a CRC is linear, so
// the checksum of a long message whose first bytes change can be mended without reading the rest.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace kmirror {

std::uint32_t crc32c(ConstBytes data);

// The checksum of A followed by `data`, given the checksum of A.
std::uint32_t crc32c_extend(std::uint32_t crc, ConstBytes data);

// The checksum of A followed by B, given those of A and B and the length of B in bytes.
std::uint32_t crc32c_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t size_b);

// The checksum of a message after its first bytes changed from `before` to `after` (same size),
// with `rest` further bytes behind them left as they were. O(log rest). A checksum that was wrong
// stays wrong: damage to the rest is never hidden.
std::uint32_t crc32c_patch(std::uint32_t crc, ConstBytes before, ConstBytes after,
                           std::uint64_t rest);

}  // namespace kmirror
