#include "compression/output.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace kmirror::compression {
BoundedOutput::BoundedOutput(Buffer& out, std::size_t limit_bytes) : out_(out), end_(out.size()) {
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

MutableBytes thread_scratch(std::size_t bytes) {
  thread_local Buffer scratch;
  const bool oversized = scratch.size() > kMaxKeptBytes && bytes <= kMaxKeptBytes;
  if (scratch.size() < bytes || oversized) {
    scratch = Buffer();  // Freed before the new one is made.
    scratch = Buffer(std::bit_ceil(bytes));
  }
  return scratch;
}

}  // namespace kmirror::compression
