#include "base/random.h"

#include <gtest/gtest.h>

namespace kmirror {
namespace {

TEST(Random, SameSeedSameStream) {
  Random a(7), b(7);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(a.next(), b.next());
}

TEST(Random, SplitDependsOnLabelAndNotOnOtherDrawsOfTheSplitStream) {
  Random root(7);
  Random first = root.split("jitter");
  first.next();
  Random second = root.split("jitter");
  Random other = root.split("client-id");
  EXPECT_EQ(Random(root).split("jitter").next(), second.next());
  EXPECT_NE(root.split("jitter").next(), other.next());
}

TEST(Random, BelowAndUnitStayInRange) {
  Random random(9);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(random.below(3), 3u);
    double unit = random.unit();
    EXPECT_GE(unit, 0.0);
    EXPECT_LT(unit, 1.0);
  }
}

}  // namespace
}  // namespace kmirror
