#include "app/hex.h"

#include <gtest/gtest.h>

namespace kmirror::app {
namespace {

TEST(Hex, IsTold) {
  EXPECT_TRUE(is_hex(as_bytes("00 fF\n")));
  EXPECT_TRUE(is_hex(as_bytes("00:fF:1a\n")));
  EXPECT_FALSE(is_hex(as_bytes("")));
  EXPECT_FALSE(is_hex(as_bytes(" \n")));
  EXPECT_FALSE(is_hex(as_bytes("0x00")));
  EXPECT_FALSE(is_hex(as_bytes(std::string_view("00\0", 3))));
}

TEST(Hex, OtherTextIsTold) {
  EXPECT_TRUE(is_other_text(as_bytes("0x00")));
  EXPECT_TRUE(is_other_text(as_bytes("00000000: 0001 0203  ....\n")));
  EXPECT_FALSE(is_other_text(as_bytes("00 fF\n")));
  EXPECT_FALSE(is_other_text(as_bytes("")));
  EXPECT_FALSE(is_other_text(as_bytes(std::string_view("text\0", 5))));
}

TEST(Hex, IsRead) {
  EXPECT_EQ(from_hex(as_bytes("00:fF:12")), (Buffer{0, 0xff, 0x12}));
  EXPECT_EQ(from_hex(as_bytes("00 fF\n1 2")), (Buffer{0, 0xff, 0x12}));
  EXPECT_EQ(from_hex(as_bytes("00f")), std::nullopt);
}

}  // namespace
}  // namespace kmirror::app
