#include "mirror/core/progress.h"

#include <gtest/gtest.h>

#include <deque>

namespace kmirror::mirror {
namespace {

TEST(Progress, CommitsOnlyWhatIsContiguous) {
  Progress progress({100, 3});
  const auto first = progress.take({110, 3}, 1);
  const auto second = progress.take({120, 4}, 2);
  EXPECT_EQ(progress.taken(), (Position{120, 4}));
  progress.acknowledge(second);
  progress.acknowledge(second);
  EXPECT_EQ(progress.committable(), (Position{100, 3}));
  progress.acknowledge(first);
  EXPECT_EQ(progress.committable(), (Position{120, 4}));
  EXPECT_TRUE(progress.idle());
}

TEST(Progress, WhatIsDroppedCountsOnceEverythingBeforeItIsDone) {
  Progress progress({0, -1});
  const auto batch = progress.take({5, 1}, 1);
  progress.take({7, 1}, 0);
  EXPECT_EQ(progress.committable().offset, 0);
  progress.acknowledge(batch);
  EXPECT_EQ(progress.committable(), (Position{7, 1}));
  progress.take({9, 2}, 0);
  EXPECT_EQ(progress.committable(), (Position{9, 2}));
}

TEST(Progress, WhatWasTakenIsTakenBackFromTheEndOn) {
  Progress progress({0, -1});
  const auto first = progress.take({5, 1}, 1);
  const auto second = progress.take({9, 1}, 2);
  progress.take({12, 2}, 0);
  const auto third = progress.take({20, 3}, 1);
  EXPECT_EQ(progress.first_untouched(), first);
  progress.acknowledge(second);
  EXPECT_EQ(progress.first_untouched(), second + 1);
  progress.rewind(third);
  EXPECT_EQ(progress.taken(), (Position{12, 2}));
  progress.rewind(second + 1);
  EXPECT_EQ(progress.taken(), (Position{9, 1}));
  EXPECT_DEATH(progress.rewind(second), "stays taken");
  EXPECT_EQ(progress.take({20, 3}, 1), second + 1);
  progress.acknowledge(first);
  progress.acknowledge(second);
  progress.acknowledge(second + 1);
  EXPECT_EQ(progress.committable(), (Position{20, 3}));
  progress.rewind(progress.first_untouched());
  EXPECT_EQ(progress.taken(), (Position{20, 3}));
}

TEST(Progress, ASkipIsNotTakenBack) {
  Progress progress({0, -1});
  const auto batch = progress.take({5, 1}, 1);
  progress.skip({90, -1});
  progress.take({95, 2}, 1);
  progress.rewind(progress.first_untouched());
  EXPECT_EQ(progress.taken(), (Position{90, -1}));
  progress.acknowledge(batch);
  EXPECT_EQ(progress.committable(), (Position{90, -1}));
}

TEST(Progress, GoesOnForLong) {
  Progress progress({0, -1});
  std::deque<Progress::Entry> pending;
  const int sizes[] = {1, 40, 3, 0, 100, 5, 0};  // how many are pending at a time
  std::int64_t taken = 0;
  for (const std::size_t size : sizes) {
    for (int i = 0; i < 200; ++i) {
      pending.push_back(progress.take({++taken, 1}, 1));
      EXPECT_EQ(pending.back(), static_cast<Progress::Entry>(taken - 1));
      while (pending.size() > size) {
        progress.acknowledge(pending.front());
        pending.pop_front();
      }
      EXPECT_EQ(progress.committable().offset, taken - static_cast<std::int64_t>(pending.size()));
      EXPECT_EQ(progress.idle(), pending.empty());
    }
  }
}

TEST(Progress, AnAcknowledgementTooManyIsAProgrammersError) {
  Progress progress({0, -1});
  const auto entry = progress.take({5, 1}, 1);
  progress.acknowledge(entry);
  EXPECT_DEATH(progress.acknowledge(entry), "not settled");
}

}  // namespace
}  // namespace kmirror::mirror
