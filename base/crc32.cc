#include "base/crc32.h"

#include <isa-l/crc.h>

namespace kmirror {

std::uint32_t crc32(ConstBytes data) {
  return crc32_extend(0, data);
}

std::uint32_t crc32_extend(std::uint32_t crc, ConstBytes data) {
  return crc32_gzip_refl(crc, data.data(), data.size());
}

}  // namespace kmirror
