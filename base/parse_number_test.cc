#include "base/parse_number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace kmirror {
namespace {

TEST(ParseNumber, TakesAllOfATextOrNothing) {
  EXPECT_EQ(parse_number<std::int32_t>("-12"), -12);
  EXPECT_EQ(parse_number<double>("0.5"), 0.5);
  for (const char* const text : {"", " 1", "1 ", "+1", "1x", "0x1", "-", "1.5"}) {
    EXPECT_FALSE(parse_number<std::int32_t>(text)) << text;
  }
}

TEST(ParseNumber, TakesWhatFits) {
  EXPECT_EQ(parse_number<std::uint16_t>("65535"), 65535);
  EXPECT_FALSE(parse_number<std::uint16_t>("65536"));
  EXPECT_FALSE(parse_number<std::uint16_t>("-1"));
}

}  // namespace
}  // namespace kmirror
