#include "mirror/core/budget.h"

#include <gtest/gtest.h>

#include <vector>

namespace kmirror::mirror {
namespace {

constexpr std::size_t kMin = Budget::kFetchBytesMin;

TEST(Budget, GivesEachFetcherAShareAndKeepsOne) {
  net::SlabPool slabs;
  Budget budget(4'000'000, slabs);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(budget.fetch_bytes(3), 1'000'000u);
    budget.begin_fetch(1'000'000);
  }
  EXPECT_EQ(budget.fetch_bytes(1), 1'000'000u) << "what is left";
  budget.end_fetch(1'000'000);
  EXPECT_EQ(budget.fetch_bytes(1), 2'000'000u);
}

// Fetches at quiet brokers wait long; with any number of them there is room for one more.
TEST(Budget, QuietBrokersLeaveRoomForABusyOne) {
  for (const std::size_t limit :
       {std::size_t{1}, kMin, std::size_t{2} << 20, std::size_t{32} << 20}) {
    for (std::size_t fetchers = 1; fetchers <= 100; ++fetchers) {
      net::SlabPool slabs;
      Budget budget(limit, slabs);
      for (std::size_t i = 0; i < fetchers; ++i) {
        const std::size_t bytes = budget.fetch_bytes(fetchers);
        ASSERT_GE(bytes, kMin) << limit << " " << fetchers;
        budget.begin_fetch(bytes);
      }
      ASSERT_LE(budget.used_bytes(), std::max(limit, (fetchers + 1) * kMin));
    }
  }
}

TEST(Budget, CountsSlabsBatchesAndFetchesWhileTheyLive) {
  net::SlabPool slabs;
  Budget budget(1'000'000, slabs);
  {
    const net::SlabRef slab = slabs.allocate(100'000);
    const Budget::Charge charge(budget, 20'000);
    budget.begin_fetch(3'000);
    EXPECT_EQ(budget.used_bytes(), 123'000u);
    EXPECT_EQ(budget.build_bytes(), 877'000u);
    budget.end_fetch(3'000);
  }
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST(Budget, AFullOneWaits) {
  net::SlabPool slabs;
  Budget budget(1'000'000, slabs);
  const net::SlabRef slab = slabs.allocate(1'000'000 - kMin + 1);
  EXPECT_EQ(budget.fetch_bytes(1), 0u);
  const net::SlabRef more = slabs.allocate(1'000'000);
  EXPECT_EQ(budget.fetch_bytes(1), 0u);
}

TEST(Budget, SomethingMayAlwaysBeBuiltWhileNothingIs) {
  net::SlabPool slabs;
  Budget budget(1'000, slabs);
  const net::SlabRef slab = slabs.allocate(5'000);
  EXPECT_EQ(budget.build_bytes(), 1u);
  const Budget::Charge charge(budget, 1);
  EXPECT_EQ(budget.build_bytes(), 0u);
}

// What stays for partitions that take nothing is counted, and stops nobody.
TEST(Budget, WhatIsHeldLeavesRoomForOthers) {
  net::SlabPool slabs;
  Budget budget(4 * kMin, slabs);
  Budget::Charge held = budget.hold(kMin);
  EXPECT_EQ(budget.used_bytes(), kMin);
  EXPECT_EQ(budget.fetch_bytes(1), 3 * kMin / 2);
  EXPECT_EQ(budget.build_bytes(), 3 * kMin);
  Budget::Charge more = budget.hold(5 * kMin / 2);
  EXPECT_EQ(budget.fetch_bytes(1), kMin);
  budget.begin_fetch(kMin);
  EXPECT_EQ(budget.fetch_bytes(1), kMin);
  EXPECT_EQ(budget.build_bytes(), 1u);
  budget.end_fetch(kMin);
  more = budget.hold(3 * kMin);
  EXPECT_EQ(budget.fetch_bytes(1), 0u) << "memory is bounded whatever is stuck";
}

TEST(Budget, WhatIsBuiltAndHeldTakesThePlaceOfIdleSlabs) {
  net::SlabPool slabs;
  Budget budget(1'000'000, slabs);
  slabs.allocate(900'000);
  EXPECT_GE(slabs.held_bytes(), 900'000u);
  {
    const Budget::Charge built(budget, 100'000);
    EXPECT_GE(slabs.held_bytes(), 900'000u);
    const Budget::Charge held = budget.hold(500'000);
    EXPECT_EQ(slabs.held_bytes(), 0u);
  }
  slabs.allocate(900'000);
  EXPECT_GE(slabs.held_bytes(), 900'000u);
}

TEST(Budget, AChargeIsCountedOnceHoweverOftenItMoves) {
  net::SlabPool slabs;
  Budget budget(1'000, slabs);
  std::vector<Budget::Charge> charges;
  for (int i = 0; i < 10; ++i) charges.emplace_back(budget, 7);
  EXPECT_EQ(budget.used_bytes(), 70u);
  charges.erase(charges.begin(), charges.begin() + 4);
  EXPECT_EQ(budget.used_bytes(), 42u);
  Budget::Charge kept;
  kept = std::move(charges.back());
  charges.clear();
  EXPECT_EQ(budget.used_bytes(), 7u);
  kept = Budget::Charge();
  EXPECT_EQ(budget.used_bytes(), 0u);
}

}  // namespace
}  // namespace kmirror::mirror
