#include "mirror/config/nearest_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace kmirror::mirror {
namespace {

TEST(NearestName, FewestEditsWithinAThird) {
  constexpr std::array<std::string_view, 4> kNames = {"acks", "alpha.beta", "alpha.bets", "x"};
  struct Case {
    std::string_view name, nearest;
  };
  const Case cases[] = {
      {"acks", "acks"},
      {"ack", "acks"},
      {"akcs", ""},  // two of four letters are wrong
      {"alpha.beth", "alpha.beta"},
      {"alpha.btes", "alpha.bets"},
      {"alphabet", "alpha.beta"},
      {"y", ""},
      {"", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(nearest_name(c.name, kNames), c.nearest) << c.name;
  EXPECT_EQ(nearest_name(std::string(100'000, 'x'), kNames), "");
}

}  // namespace
}  // namespace kmirror::mirror
