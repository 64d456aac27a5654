// Bytes that lie in several places, in one. Pure function.
#pragma once

#include <span>

#include "base/bytes.h"

namespace kmirror {

inline Buffer join(std::span<const ConstBytes> pieces) {
  Buffer bytes;
  for (const ConstBytes piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

}  // namespace kmirror
