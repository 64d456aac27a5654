// What was wrong with bytes that came from outside, and where.
#pragma once

#include <cstddef>

namespace kmirror::protocol {

struct Malformed {
  const char* what = nullptr;  // a constant sentence part: "record length is negative"
  std::size_t position = 0;    // in bytes from the beginning of what was read
};

}  // namespace kmirror::protocol
