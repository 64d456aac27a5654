// CRC-32 (IEEE 802.3, that of zlib and java.util.zip.CRC32), the checksum of messages of format 0
// and 1. Record batches have another one: base/crc32c.h.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace kmirror {

std::uint32_t crc32(ConstBytes data);

}  // namespace kmirror
