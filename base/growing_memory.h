// A block of memory that grows, by realloc: that moves a large block without copying it, and does
// not touch what is added, so that memory is taken as it is filled. One owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "base/bytes.h"

namespace kmirror {

class GrowingMemory {
 public:
  // What is there stays; what is added has any content. Throws std::bad_alloc.
  void grow(std::size_t size) {
    auto* memory = static_cast<std::uint8_t*>(std::realloc(memory_.get(), size));
    if (memory == nullptr) throw std::bad_alloc();
    (void)memory_.release();  // realloc has freed or moved it
    memory_.reset(memory);
    size_ = size;
  }

  std::uint8_t* data() { return memory_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
  };

  std::unique_ptr<std::uint8_t[], Free> memory_;
  std::size_t size_ = 0;
};

}  // namespace kmirror
