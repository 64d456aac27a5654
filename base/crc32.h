// CRC-32 (IEEE 802.3, that of zlib and java.util.zip.CRC32), the checksum of messages of format 0
// and 1. Record batches have another one: base/crc32c.h.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace kmirror {

std::uint32_t crc32(ConstBytes data);

// The checksum of A followed by `data`, given the checksum of A.
std::uint32_t crc32_extend(std::uint32_t crc, ConstBytes data);

}  // namespace kmirror
