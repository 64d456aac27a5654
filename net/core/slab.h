// Receive slabs: one block of memory a response frame, counted by reference, given back to its pool
// when the last batch in it is done. Record batches are parsed, patched and sent from where the
// socket wrote them, so a slab lives from the read of a Fetch response to the last acknowledgement.
//
// A pool and its slabs belong to one shard: the counts are plain integers. The pool outlives its
// slabs. Fresh memory is neither cleared nor touched, so a peer that announces a long frame and
// sends none costs address space, not memory.
#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace kmirror::net {

class SlabPool;

// A counted reference to a slab, or to nothing.
class SlabRef {
 public:
  SlabRef() = default;
  SlabRef(const SlabRef& other) : slab_(other.slab_) { retain(); }
  SlabRef(SlabRef&& other) noexcept : slab_(std::exchange(other.slab_, nullptr)) {}
  SlabRef& operator=(SlabRef other) noexcept {
    std::swap(slab_, other.slab_);
    return *this;
  }
  ~SlabRef() { release(); }

  explicit operator bool() const { return slab_ != nullptr; }

  // The frame's bytes: exactly as many as were asked for.
  MutableBytes bytes() const;

  // The same bytes as `part`, which lies in this slab, open for writing.
  MutableBytes writable(ConstBytes part) const;

 private:
  friend class SlabPool;
  struct Slab;

  explicit SlabRef(Slab* slab) : slab_(slab) { retain(); }
  void retain();
  void release();

  Slab* slab_ = nullptr;
};

class SlabPool {
 public:
  // Keeps at most `idle_bytes_max` of unused slabs for the next frames.
  explicit SlabPool(std::size_t idle_bytes_max = 8 << 20) : idle_bytes_max_(idle_bytes_max) {}
  SlabPool(const SlabPool&) = delete;
  SlabPool& operator=(const SlabPool&) = delete;
  ~SlabPool();

  SlabRef allocate(std::size_t size);

  // The bytes of all slabs that somebody still refers to.
  std::size_t live_bytes() const { return live_bytes_; }

 private:
  friend class SlabRef;
  static constexpr int kClasses = 33;  // slab capacities are powers of two up to 4 GiB

  void recycle(SlabRef::Slab* slab);

  std::size_t idle_bytes_max_;
  std::size_t idle_bytes_ = 0;
  std::size_t live_bytes_ = 0;
  std::array<std::vector<SlabRef::Slab*>, kClasses> idle_;
};

}  // namespace kmirror::net
