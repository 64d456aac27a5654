#include "net/core/slab.h"

#include <gtest/gtest.h>

#include <algorithm>

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
  slab = pool.allocate(3072);
  EXPECT_EQ(slab.bytes().data(), address);
  EXPECT_EQ(slab.bytes().size(), 3072u);
}

TEST(SlabPool, ASlabServesFramesDownToHalfItsSize) {
  for (const std::size_t size : {512, 513, 639, 640, 641, 4095, 4096, 4097, 1'000'000}) {
    SlabPool pool;
    SlabRef slab = pool.allocate(size);
    const std::uint8_t* address = slab.bytes().data();
    std::ranges::fill(slab.bytes(), std::uint8_t{1});
    slab = SlabRef();
    slab = pool.allocate(size / 2 + 1);
    EXPECT_EQ(slab.bytes().data(), address) << size;
    slab = SlabRef();
    slab = pool.allocate(size * 5 / 4 + 1);
    EXPECT_NE(slab.bytes().data(), address) << size;
  }
}

TEST(SlabPool, KeepsNoMoreThanItIsTold) {
  SlabPool pool(true);
  pool.keep_at_most(10'000);
  SlabRef used = pool.allocate(5000);
  pool.allocate(6000);  // given back while both are more than may be kept
  EXPECT_EQ(pool.held_bytes(), 5120u);
  used = SlabRef();
  EXPECT_EQ(pool.held_bytes(), 5120u);
  EXPECT_EQ(pool.allocate(5000).bytes()[2500], 0xdb);
}

TEST(SlabPool, IdleSlabsGiveWayToThoseOfAnotherSize) {
  SlabPool pool;
  pool.keep_at_most(10'000);
  pool.allocate(1024);
  pool.allocate(5000);
  EXPECT_EQ(pool.held_bytes(), 1024u + 5120u);
  const SlabRef large = pool.allocate(8000);
  EXPECT_EQ(pool.held_bytes(), 1024u + 8192u);
}

TEST(SlabPool, PoisonsWhatIsReleased) {
  SlabPool pool(true);
  SlabRef slab = pool.allocate(1000);
  const std::uint8_t* address = slab.bytes().data();
  std::ranges::fill(slab.bytes(), std::uint8_t{1});
  slab = SlabRef();
  slab = pool.allocate(1000);
  ASSERT_EQ(slab.bytes().data(), address);
  EXPECT_EQ(slab.bytes()[0], 0xdb);
  EXPECT_EQ(slab.bytes()[999], 0xdb);
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
