#include "broker/core/producer_states.h"

#include <gtest/gtest.h>

namespace kmirror::broker {
namespace {

TEST(Sequences, WrapToZero) {
  EXPECT_EQ(advance_sequence(7, 1), 8);
  EXPECT_EQ(advance_sequence(2147483647, 1), 0);
  EXPECT_EQ(advance_sequence(2147483640, 10), 2);
}

}  // namespace
}  // namespace kmirror::broker
