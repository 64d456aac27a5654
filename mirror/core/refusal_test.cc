#include "mirror/core/refusal.h"

#include <gtest/gtest.h>

namespace kmirror::mirror {
namespace {

using std::chrono::seconds;

TEST(Refusal, IsToldOnceWhenItLasts) {
  Refusal refusal;
  TimePoint now{};
  EXPECT_FALSE(refusal.on_refused(now));
  EXPECT_FALSE(refusal.on_refused(now + seconds(4)));
  EXPECT_TRUE(refusal.on_refused(now + seconds(5)));
  EXPECT_FALSE(refusal.on_refused(now + seconds(60)));
}

TEST(Refusal, ItsEndIsToldOnlyIfItWas) {
  Refusal refusal;
  TimePoint now{};
  EXPECT_FALSE(refusal.on_accepted());
  EXPECT_FALSE(refusal.on_refused(now));
  EXPECT_FALSE(refusal.on_accepted());
  EXPECT_FALSE(refusal.on_refused(now + seconds(5)));
  EXPECT_TRUE(refusal.on_refused(now + seconds(10)));
  EXPECT_TRUE(refusal.on_accepted());
  EXPECT_FALSE(refusal.on_accepted());
}

TEST(Refusal, DoesNotLastWhileNobodyLeads) {
  Refusal refusal;
  TimePoint now{};
  EXPECT_FALSE(refusal.on_refused(now));
  refusal.on_leaderless();
  EXPECT_FALSE(refusal.on_refused(now + seconds(6)));
  EXPECT_TRUE(refusal.on_refused(now + seconds(11)));
  refusal.on_leaderless();
  EXPECT_TRUE(refusal.on_accepted());
}

}  // namespace
}  // namespace kmirror::mirror
