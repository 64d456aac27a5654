#include "allocations.h"

#include <cstdlib>
#include <new>

namespace kmirror::golden {
namespace {

std::size_t allocated = 0;

}  // namespace

std::size_t allocated_bytes() {
  return allocated;
}

}  // namespace kmirror::golden

// The library's other forms for plain alignment call these.
void* operator new(std::size_t size) {
  kmirror::golden::allocated += size;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
