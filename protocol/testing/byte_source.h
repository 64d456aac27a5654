// Bytes that come a few at a time, for tests of what reads a stream.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "base/bytes.h"

namespace kmirror::protocol::testing {

inline Buffer concat(std::initializer_list<Buffer> parts) {
  Buffer bytes;
  for (const Buffer& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

// Reads a copy of `bytes`, at most so many at a time; 0 at the end.
inline auto source_of(ConstBytes bytes, std::size_t at_a_time) {
  return [rest = Buffer(bytes.begin(), bytes.end()), at = std::size_t{0},
          at_a_time](MutableBytes room) mutable {
    const std::size_t size = std::min({room.size(), at_a_time, rest.size() - at});
    std::copy_n(rest.begin() + static_cast<std::ptrdiff_t>(at), size, room.begin());
    at += size;
    return size;
  };
}

}  // namespace kmirror::protocol::testing
