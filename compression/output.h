// Where the codecs put their bytes. BoundedOutput writes to a caller's buffer and stops at a limit;
// Scratch is room for one call's results. Used inside this layer, during one call.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/growing_memory.h"

namespace kmirror::compression {

// A library that streams fills window() and tells how much with commit(). The buffer grows by small
// windows, so that what is cleared before it is written stays in the cache and no declared size is
// trusted. One byte more than the limit may be written: that is how passing it is noticed.
class BoundedOutput {
 public:
  // Writes from index `begin` on, over what is there.
  BoundedOutput(Buffer& out, std::size_t begin, std::size_t limit_bytes);
  BoundedOutput(const BoundedOutput&) = delete;
  BoundedOutput& operator=(const BoundedOutput&) = delete;

  // Bytes that may still be produced.
  std::size_t left() const { return over_limit() ? 0 : limit_end_ - end_; }
  bool over_limit() const { return end_ > limit_end_; }

  // Room for a streaming library, behind what is committed: at most `bytes`, and empty only if
  // over_limit().
  MutableBytes window(std::size_t bytes);

  // Room for a library that writes a known number of bytes, which the input has proved to be worth.
  MutableBytes room(std::size_t bytes);

  void commit(std::size_t bytes) { end_ += bytes; }

  std::size_t end() const { return end_; }

 private:
  Buffer& out_;
  std::size_t end_;        // index behind the last committed byte
  std::size_t limit_end_;  // the highest end_ that is allowed
};

// Contexts and scratch above this are not kept for the next call.
inline constexpr std::size_t kMaxKeptBytes = 4 << 20;

// Memory that is kept for the next use.
class Scratch {
 public:
  // At least `bytes` of memory with any content, valid until the next call.
  MutableBytes room(std::size_t bytes);

 private:
  GrowingMemory memory_;
};

// The thread's scratch for one compressed result.
MutableBytes thread_scratch(std::size_t bytes);

}  // namespace kmirror::compression
