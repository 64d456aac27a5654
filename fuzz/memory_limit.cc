#include "fuzz/memory_limit.h"

#include <cstdint>
#include <optional>

#include "base/check.h"

// Of the sanitizers' allocator_interface.h. Weak: without AddressSanitizer there are none.
extern "C" {
[[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                              std::size_t),
                                                            void (*on_free)(const volatile void*));
[[gnu::weak]] std::size_t __sanitizer_get_allocated_size(const volatile void* memory);
}

// g++ has the one, clang the other.
#if defined(__has_feature) && !defined(__SANITIZE_ADDRESS__)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif

namespace kmirror::fuzz {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool kHasAddressSanitizer = true;
#else
constexpr bool kHasAddressSanitizer = false;
#endif

// May still be allocated; more comes back when memory is freed that was held before.
std::optional<std::int64_t> left_bytes;

void on_malloc(const volatile void*, std::size_t size) {
  if (!left_bytes) return;
  *left_bytes -= static_cast<std::int64_t>(size);
  if (*left_bytes >= 0) return;
  left_bytes.reset();  // what follows may allocate
  KM_CHECK(false, "no more memory is held than the input is worth");
}

void on_free(const volatile void* memory) {
  if (!left_bytes || memory == nullptr) return;
  *left_bytes += static_cast<std::int64_t>(__sanitizer_get_allocated_size(memory));
}

}  // namespace

MemoryLimit::MemoryLimit(std::size_t bytes) {
  static const bool installed =
      __sanitizer_install_malloc_and_free_hooks != nullptr &&
      __sanitizer_install_malloc_and_free_hooks(&on_malloc, &on_free) != 0;
  KM_CHECK(installed || !kHasAddressSanitizer, "AddressSanitizer counts");
  KM_CHECK(!left_bytes, "one limit at a time");
  left_bytes = static_cast<std::int64_t>(bytes);
}

MemoryLimit::~MemoryLimit() {
  left_bytes.reset();
}

}  // namespace kmirror::fuzz
