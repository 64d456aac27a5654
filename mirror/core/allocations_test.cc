// How often memory is asked for on the way of batches that pass through: not for each of them. The
// count is of this test program's operator new.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory_resource>
#include <new>
#include <vector>

#include "mirror/core/lane.h"
#include "mirror/core/produce_window.h"
#include "mirror/testing/batches.h"

namespace {

std::size_t allocations = 0;

}  // namespace

// The library's other forms call these.
void* operator new(std::size_t size) {
  ++allocations;
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

// Memory resources ask this way.
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto step = static_cast<std::size_t>(alignment);
  void* const memory = std::aligned_alloc(step, (size + step - 1) / step * step);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace kmirror::mirror {
namespace {

struct AllocationsTest : testing::Test {
  net::SlabPool slabs;
  Budget budget{64 << 20, slabs};
  Counters counters;
  Lane::Settings settings{.topic = "t", .destination_topic = "t", .coalesce = false};
  Lane lane{settings, Position{0, 4}, counters, budget};
  std::pmr::unsynchronized_pool_resource memory;
  ProduceWindow window{{.in_flight_max = 5}, {.id = 7}, &memory};
  std::int64_t next = 0;

  Buffer chunk_of(int batches) {
    Buffer chunk;
    for (int i = 0; i < batches; ++i, next += 2) {
      const Buffer batch = source_batch(numbered_batch(next, 2));
      chunk.insert(chunk.end(), batch.begin(), batch.end());
    }
    return chunk;
  }

  // From a Fetch to the last acknowledgement. How often memory was asked for meanwhile.
  std::size_t pass(const Buffer& chunk) {
    const std::size_t before = allocations;
    net::SlabRef slab = slabs.allocate(chunk.size());
    std::copy(chunk.begin(), chunk.end(), slab.bytes().begin());
    const ConstBytes records = slab.bytes();
    lane.on_fetched(std::move(slab), records, {});
    for (Lane::Routed& routed : lane.pump()) window.push(std::move(routed.batch), TimePoint());
    while (window.ready(TimePoint())) {
      window.on_acknowledged(window.send_next(), 0, TimePoint());
      for (const OutgoingBatch& batch : window.take_done()) lane.on_acknowledged(batch);
    }
    EXPECT_TRUE(window.idle());
    return allocations - before;
  }
};

TEST_F(AllocationsTest, ABatchThatPassesThroughTakesNone) {
  const Buffer warm_up = chunk_of(1000);
  const Buffer few = chunk_of(10);
  const Buffer many = chunk_of(1000);
  pass(warm_up);
  const std::size_t for_few = pass(few);
  const std::size_t for_many = pass(many);
  EXPECT_EQ(counters.passed_through, 2010u);
  // Lists that grow ask for memory each time that they double.
  EXPECT_LE(for_many, for_few + 20);
}

}  // namespace
}  // namespace kmirror::mirror
