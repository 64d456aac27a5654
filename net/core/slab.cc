#include "net/core/slab.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <new>

#include "base/check.h"

namespace kmirror::net {

// The header stands in front of the bytes, in the same block.
struct SlabRef::Slab {
  SlabPool* pool;
  std::size_t references;
  std::size_t size;  // what was asked for
  std::size_t size_class;

  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(this + 1); }
};

namespace {

constexpr std::size_t kSmallest = 512;
constexpr std::uint8_t kPoison = 0xdb;

// A slab serves frames down to half its size.
constexpr std::ptrdiff_t kClassesAbove = 5;

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

// The smallest whose capacity is at least `size`.
std::size_t SlabPool::class_of(std::size_t size) {
  const std::size_t last = std::max(size, kSmallest) - 1;
  const auto octave = static_cast<std::size_t>(std::bit_width(last)) - 1;
  return 4 * octave + ((last >> (octave - 2)) & 3) + 1;
}

std::size_t SlabPool::capacity_of(std::size_t size_class) {
  return (4 + size_class % 4) << (size_class / 4 - 2);
}

SlabRef SlabPool::allocate(std::size_t size) {
  std::size_t size_class = class_of(size);
  const auto first = idle_.begin() + static_cast<std::ptrdiff_t>(size_class);
  const auto last = idle_.end() - first > kClassesAbove ? first + kClassesAbove : idle_.end();
  const auto list = std::find_if(first, last, [](const auto& slabs) { return !slabs.empty(); });
  SlabRef::Slab* slab;
  if (list == last) {
    make_room(capacity_of(size_class));
    slab =
        static_cast<SlabRef::Slab*>(std::malloc(sizeof(SlabRef::Slab) + capacity_of(size_class)));
    if (slab == nullptr) throw std::bad_alloc();
    held_bytes_ += capacity_of(size_class);
  } else {
    slab = list->back();
    list->pop_back();
    size_class = slab->size_class;
  }
  *slab = {.pool = this, .references = 0, .size = size, .size_class = size_class};
  live_bytes_ += size;
  return SlabRef(slab);
}

// Slabs that fit no frame of today give way, the largest first.
void SlabPool::make_room(std::size_t bytes) {
  for (auto list = idle_.rbegin(); list != idle_.rend(); ++list) {
    while (!list->empty() && held_bytes_ + bytes > kept_bytes_max_) {
      discard(list->back());
      list->pop_back();
    }
  }
}

void SlabPool::discard(SlabRef::Slab* slab) {
  held_bytes_ -= capacity_of(slab->size_class);
  std::free(slab);
}

void SlabPool::recycle(SlabRef::Slab* slab) {
  live_bytes_ -= slab->size;
  if (poisons_) std::fill_n(slab->data(), slab->size, kPoison);
  if (held_bytes_ <= kept_bytes_max_) {
    idle_[slab->size_class].push_back(slab);
    return;
  }
  discard(slab);
}

}  // namespace kmirror::net
