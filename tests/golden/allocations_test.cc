#include "allocations.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "base/bytes.h"
#include "compression/decompressor.h"

namespace kmirror::golden {
namespace {

constexpr std::size_t kBytes = 12345;

template <class Allocate>
std::size_t asked_by(const Allocate& allocate) {
  const std::size_t before = allocated_bytes();
  allocate();
  return allocated_bytes() - before;
}

// The compiler may not take them away.
void* volatile memory;

TEST(Allocations, AllKindsCount) {
  EXPECT_EQ(asked_by([] { memory = std::malloc(kBytes); }), kBytes);
  EXPECT_EQ(asked_by([] { memory = std::realloc(memory, 2 * kBytes); }), 2 * kBytes);
  std::free(memory);
  EXPECT_EQ(asked_by([] { memory = std::calloc(2, kBytes); }), 2 * kBytes);
  EXPECT_EQ(asked_by([] { std::free(memory); }), 0);
  EXPECT_EQ(asked_by([] { memory = ::operator new(kBytes); }), kBytes);
  ::operator delete(memory);
}

// Of two streams at a time one needs a context of its own, for which zlib takes some 7 KiB; our
// part is a few pointers.
TEST(Allocations, ThoseOfLibrariesCount) {
  using compression::Codec;
  EXPECT_GT(asked_by([] {
              const auto one = compression::make_decompressor(Codec::kGzip, {});
              const auto other = compression::make_decompressor(Codec::kGzip, {});
            }),
            4 << 10);
}

}  // namespace
}  // namespace kmirror::golden
