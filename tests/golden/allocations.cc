#include "allocations.h"

#include "base/check.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

// Of the sanitizers' allocator_interface.h, which g++ does not install.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                           std::size_t),
                                                         void (*on_free)(const volatile void*));

namespace kmirror::golden {
namespace {

std::size_t allocated = 0;

void on_malloc(const volatile void*, std::size_t size) {
  allocated += size;
}
void on_free(const volatile void*) {}

const bool installed = __sanitizer_install_malloc_and_free_hooks(&on_malloc, &on_free) != 0;

}  // namespace

std::size_t allocated_bytes() {
  KM_CHECK(installed, "the sanitizer counts");
  return allocated;
}

}  // namespace kmirror::golden

#else

// glibc's own, which its manual leaves to those who replace malloc. Its free() takes what they
// give.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
}

namespace kmirror::golden {
namespace {

std::size_t allocated = 0;

}  // namespace

std::size_t allocated_bytes() {
  return allocated;
}

}  // namespace kmirror::golden

// operator new calls malloc.
extern "C" void* malloc(std::size_t size) noexcept {
  kmirror::golden::allocated += size;
  return __libc_malloc(size);
}
extern "C" void* calloc(std::size_t count, std::size_t size) noexcept {
  kmirror::golden::allocated += count * size;
  return __libc_calloc(count, size);
}
extern "C" void* realloc(void* memory, std::size_t size) noexcept {
  kmirror::golden::allocated += size;
  return __libc_realloc(memory, size);
}

#endif
