#include "compression/output.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace kmirror::compression {
BoundedOutput::BoundedOutput(Buffer& out, std::size_t begin, std::size_t limit_bytes)
    : out_(out), end_(begin) {
  // One byte below the maximum, so that limit_end_ + 1 exists.
  const std::size_t most = std::numeric_limits<std::size_t>::max() - 1 - end_;
  limit_end_ = end_ + std::min(limit_bytes, most);
}

MutableBytes BoundedOutput::window(std::size_t bytes) {
  return room(over_limit() ? 0 : std::min(bytes, left() + 1));
}

MutableBytes BoundedOutput::room(std::size_t bytes) {
  if (out_.size() < end_ + bytes) out_.resize(end_ + bytes);
  return {out_.data() + end_, bytes};
}

MutableBytes Scratch::room(std::size_t bytes) {
  const bool oversized = memory_.size() > kMaxKeptBytes && bytes <= kMaxKeptBytes;
  if (memory_.size() < bytes || oversized) {
    memory_ = GrowingMemory();  // Freed before the new one is made, so nothing is copied.
    memory_.grow(std::bit_ceil(bytes));
  }
  return {memory_.data(), memory_.size()};
}

MutableBytes thread_scratch(std::size_t bytes) {
  thread_local Scratch scratch;
  return scratch.room(bytes);
}

}  // namespace kmirror::compression
