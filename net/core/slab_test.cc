#include "net/core/slab.h"

#include <gtest/gtest.h>

namespace kmirror::net {
namespace {

TEST(SlabPool, BytesLiveAsLongAsAReference) {
  SlabPool pool;
  SlabRef first = pool.allocate(1000);
  EXPECT_EQ(first.bytes().size(), 1000u);
  EXPECT_EQ(pool.live_bytes(), 1000u);
  SlabRef second = first;
  first = SlabRef();
  EXPECT_EQ(pool.live_bytes(), 1000u);
  second = SlabRef();
  EXPECT_EQ(pool.live_bytes(), 0u);
}

TEST(SlabPool, ReusesReleasedMemoryOfTheSameClass) {
  SlabPool pool;
  SlabRef slab = pool.allocate(3000);
  const std::uint8_t* address = slab.bytes().data();
  slab = SlabRef();
  slab = pool.allocate(4096);
  EXPECT_EQ(slab.bytes().data(), address);
  EXPECT_EQ(slab.bytes().size(), 4096u);
}

TEST(SlabPool, WritableIsTheSamePlace) {
  SlabPool pool;
  SlabRef slab = pool.allocate(100);
  ConstBytes part = ConstBytes(slab.bytes()).subspan(10, 5);
  slab.writable(part)[0] = 42;
  EXPECT_EQ(slab.bytes()[10], 42);
}

TEST(SlabPool, WritableRefusesForeignBytes) {
  SlabPool pool;
  SlabRef slab = pool.allocate(100);
  Buffer foreign(5);
  EXPECT_DEATH(slab.writable(foreign), "own bytes");
}

}  // namespace
}  // namespace kmirror::net
