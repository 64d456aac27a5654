#include "mirror/core/progress.h"

#include <gtest/gtest.h>

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

TEST(Progress, AnAcknowledgementTooManyIsAProgrammersError) {
  Progress progress({0, -1});
  const auto entry = progress.take({5, 1}, 1);
  progress.acknowledge(entry);
  EXPECT_DEATH(progress.acknowledge(entry), "not settled");
}

}  // namespace
}  // namespace kmirror::mirror
