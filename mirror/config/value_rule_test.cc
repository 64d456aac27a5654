#include "mirror/config/value_rule.h"

#include <gtest/gtest.h>

namespace kmirror::mirror {
namespace {

TEST(ValueRule, SaysWhatAValueMustBe) {
  struct Case {
    ValueRule rule;
    std::string_view value;
    std::optional<std::string> complaint;
  };
  const std::string kRange = "must be a whole number from 1 to 9";
  const std::string kBytes =
      "must be a number of bytes from 1024 to 4096, or one with k, m or g as 64m";
  const Case cases[] = {
      {any_value(), "", {}},
      {number(1, 9), "1", {}},
      {number(1, 9), " +9\t", {}},
      {number(1, 9), "0", kRange},
      {number(1, 9), "10", kRange},
      {number(1, 9), "", kRange},
      {number(1, 9), "+", kRange},
      {number(1, 9), "+-1", kRange},
      {number(1, 9), "++1", kRange},
      {number(1, 9), "5x", kRange},
      {number(1, 9), "0x5", kRange},
      {number(1, 9), "99999999999999999999999", kRange},
      {number(-1, 9), "-1", {}},
      {number(0, kMaxInt64), "9223372036854775807", {}},
      {number(0, kMaxInt64), "9223372036854775808", "must be a whole number of at least 0"},
      {boolean(), "true", {}},
      {boolean(), " FALSE ", {}},
      {boolean(), "yes", "must be true or false"},
      {boolean(), "", "must be true or false"},
      {decimal(), "0.05", {}},
      {decimal(), "5%", "must be a number"},
      {one_of("a,b,c"), "b", {}},
      {one_of("a,b,c"), "C", {}},
      {one_of("a,b,c"), "a,b", "must be a, b or c"},
      {one_of("a,b"), "", "must be a or b"},
      {bytes(1024, 4096), "1024", {}},
      {bytes(1024, 4096), "4K", {}},
      {bytes(1024, 4096), "5k", kBytes},
      {bytes(1024, 4096), "1g", kBytes},
      {bytes(1024, 4096), "k", kBytes},
      {bytes(1024, 4096), "-1k", kBytes},
      {bytes(1024, 4096), "9223372036854775807g", kBytes},
  };
  for (const Case& c : cases) EXPECT_EQ(c.rule.complaint(c.value), c.complaint) << c.value;
}

TEST(ValueRule, BytesTakePowersOf1024) {
  EXPECT_EQ(parse_bytes("7"), 7);
  EXPECT_EQ(parse_bytes("2k"), 2048);
  EXPECT_EQ(parse_bytes("32m"), 32 << 20);
  EXPECT_EQ(parse_bytes("3G"), std::int64_t{3} << 30);
}

}  // namespace
}  // namespace kmirror::mirror
