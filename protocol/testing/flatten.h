// For tests that compare bytes.
#pragma once

#include "base/bytes.h"
#include "protocol/wire/gather_buffer.h"

namespace kmirror::protocol {

// All pieces in one.
inline Buffer flatten(const GatherBuffer& gathered) {
  Buffer bytes;
  for (const ConstBytes piece : gathered.pieces()) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  return bytes;
}

}  // namespace kmirror::protocol
