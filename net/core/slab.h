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
  // With `poisons`, what is released is overwritten, so that whoever still reads it is found out.
  explicit SlabPool(bool poisons = false) : poisons_(poisons) {}
  SlabPool(const SlabPool&) = delete;
  SlabPool& operator=(const SlabPool&) = delete;
  ~SlabPool();

  // Unused slabs are kept for the next frames while they and those in use make no more than this:
  // memory that comes fresh from the system costs as much as filling it. 8 MiB by default.
  void keep_at_most(std::size_t bytes) {
    kept_bytes_max_ = bytes;
    if (held_bytes_ > bytes) make_room(0);
  }

  SlabRef allocate(std::size_t size);

  // The bytes of all slabs that somebody still refers to.
  std::size_t live_bytes() const { return live_bytes_; }

  // The room in all slabs, whether somebody refers to them or not.
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  friend class SlabRef;
  static constexpr std::size_t kClasses = 4 * 33;  // of capacities, four to a power of two

  static std::size_t class_of(std::size_t size);
  static std::size_t capacity_of(std::size_t size_class);
  void make_room(std::size_t bytes);
  void discard(SlabRef::Slab* slab);
  void recycle(SlabRef::Slab* slab);

  bool poisons_;
  std::size_t kept_bytes_max_ = 8 << 20;
  std::size_t held_bytes_ = 0;  // the capacities of all, used or not
  std::size_t live_bytes_ = 0;
  std::array<std::vector<SlabRef::Slab*>, kClasses> idle_;
};

}  // namespace kmirror::net
