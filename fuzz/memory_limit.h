// Bounds the memory that is held at once: from the making of a MemoryLimit to its end, an
// allocation that would exceed it aborts where it is made. AddressSanitizer counts, libraries in C
// included; without it there is no limit. One at a time, one thread.
#pragma once

#include <cstddef>

namespace kmirror::fuzz {

class MemoryLimit {
 public:
  // `bytes` beyond what is held now.
  explicit MemoryLimit(std::size_t bytes);
  ~MemoryLimit();
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;
};

}  // namespace kmirror::fuzz
