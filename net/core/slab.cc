#include "net/core/slab.h"

#include <bit>
#include <cstdlib>
#include <new>

#include "base/check.h"

namespace kmirror::net {

// The header stands in front of the bytes, in the same block.
struct SlabRef::Slab {
  SlabPool* pool;
  std::size_t references;
  std::size_t size;      // what was asked for
  std::size_t capacity;  // a power of two

  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(this + 1); }
};

namespace {

constexpr std::size_t kSmallest = 512;

int class_of(std::size_t capacity) {
  return std::countr_zero(capacity);
}

}  // namespace

void SlabRef::retain() {
  if (slab_) ++slab_->references;
}

void SlabRef::release() {
  if (slab_ && --slab_->references == 0) slab_->pool->recycle(slab_);
  slab_ = nullptr;
}

MutableBytes SlabRef::bytes() const {
  return slab_ ? MutableBytes(slab_->data(), slab_->size) : MutableBytes();
}

MutableBytes SlabRef::writable(ConstBytes part) const {
  MutableBytes all = bytes();
  KM_CHECK(part.data() >= all.data() && part.data() + part.size() <= all.data() + all.size(),
           "only a slab's own bytes are writable through it");
  return all.subspan(static_cast<std::size_t>(part.data() - all.data()), part.size());
}

SlabPool::~SlabPool() {
  KM_CHECK(live_bytes_ == 0, "a pool outlives its slabs");
  for (auto& list : idle_) {
    for (SlabRef::Slab* slab : list) std::free(slab);
  }
}

SlabRef SlabPool::allocate(std::size_t size) {
  const std::size_t capacity = std::bit_ceil(std::max(size, kSmallest));
  auto& list = idle_[class_of(capacity)];
  SlabRef::Slab* slab;
  if (list.empty()) {
    slab = static_cast<SlabRef::Slab*>(std::malloc(sizeof(SlabRef::Slab) + capacity));
    if (slab == nullptr) throw std::bad_alloc();
  } else {
    slab = list.back();
    list.pop_back();
    idle_bytes_ -= capacity;
  }
  *slab = {.pool = this, .references = 0, .size = size, .capacity = capacity};
  live_bytes_ += size;
  return SlabRef(slab);
}

void SlabPool::recycle(SlabRef::Slab* slab) {
  live_bytes_ -= slab->size;
  if (idle_bytes_ + slab->capacity > idle_bytes_max_) {
    std::free(slab);
    return;
  }
  idle_bytes_ += slab->capacity;
  idle_[class_of(slab->capacity)].push_back(slab);
}

}  // namespace kmirror::net
