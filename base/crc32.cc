#include "base/crc32.h"

#include <isa-l/crc.h>

namespace kmirror {

std::uint32_t crc32(ConstBytes data) {
  return crc32_gzip_refl(0, data.data(), data.size());
}

}  // namespace kmirror
