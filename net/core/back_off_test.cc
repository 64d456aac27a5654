#include "net/core/back_off.h"

#include <gtest/gtest.h>

namespace kmirror::net {
namespace {

using std::chrono::milliseconds;

TEST(BackOff, DoublesWithinTheSpreadUpToTheLongest) {
  Random random(1);
  BackOff back_off(milliseconds(100), milliseconds(1000));
  for (int expected_ms : {100, 200, 400, 800, 1000, 1000}) {
    const double delay_ms =
        std::chrono::duration<double, std::milli>(back_off.next(random)).count();
    EXPECT_GE(delay_ms, expected_ms * 0.8);
    EXPECT_LE(delay_ms, expected_ms * 1.2);
  }
}

TEST(BackOff, ResetStartsAgain) {
  Random random(1);
  BackOff back_off(milliseconds(100), milliseconds(1000));
  for (int i = 0; i < 100; ++i) back_off.next(random);
  back_off.reset();
  EXPECT_LE(back_off.next(random), milliseconds(120));
}

}  // namespace
}  // namespace kmirror::net
