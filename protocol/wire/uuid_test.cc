#include "protocol/wire/uuid.h"

#include <gtest/gtest.h>

namespace kmirror::protocol {
namespace {

// As Kafka's Uuid.toString() prints them.
TEST(Uuid, PrintsAsKafkaDoes) {
  EXPECT_EQ(Uuid().to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
  Uuid one;
  one.bytes[15] = 1;
  EXPECT_EQ(one.to_string(), "AAAAAAAAAAAAAAAAAAAAAQ");
  Uuid full;
  full.bytes.fill(0xFF);
  EXPECT_EQ(full.to_string(), "_____________________w");
}

TEST(Uuid, ZeroMeansNone) {
  Uuid uuid;
  EXPECT_TRUE(uuid.is_zero());
  uuid.bytes[0] = 1;
  EXPECT_FALSE(uuid.is_zero());
  EXPECT_LT(Uuid(), uuid);
}

}  // namespace
}  // namespace kmirror::protocol
