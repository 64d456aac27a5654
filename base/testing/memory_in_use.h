// How much memory of malloc's the program holds, for tests of what costs how much. With sanitizers,
// which have an allocator of their own, it stays the same.
#pragma once

#include <malloc.h>

#include <cstdint>

namespace kmirror {

inline std::int64_t memory_in_use() {
  const struct mallinfo2 info = ::mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

}  // namespace kmirror
