#include "protocol/records/partitioner.h"

#include <gtest/gtest.h>

#include <limits>

namespace kmirror::protocol {
namespace {

// From Kafka's UtilsTest, and from running Utils.murmur2.
TEST(PartitionerTest, Murmur2IsJavas) {
  struct Case {
    const char* key;
    std::int32_t hash;
  };
  const Case cases[] = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107},
      {"", 275646681},
      {"1", -1993445489},
      {"kafka", -798503068},
      {"\xFF\x80\x81", 1120456546},
  };
  for (const auto& c : cases) EXPECT_EQ(murmur2(as_bytes(c.key)), c.hash) << c.key;
}

TEST(PartitionerTest, MasksTheSign) {
  EXPECT_EQ(to_positive(0), 0);
  EXPECT_EQ(to_positive(5), 5);
  EXPECT_EQ(to_positive(-1), std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(to_positive(std::numeric_limits<std::int32_t>::min()), 0);
}

TEST(PartitionerTest, TakesTheRemainder) {
  // (-973932308 & 0x7fffffff) = 1173551340
  EXPECT_EQ(partition_for_key(as_bytes("21"), 1), 0);
  EXPECT_EQ(partition_for_key(as_bytes("21"), 7), 1173551340 % 7);
  EXPECT_EQ(partition_for_key(as_bytes("21"), 1000), 340);
  EXPECT_EQ(partition_for_key(as_bytes(""), 1000), 681);
}

}  // namespace
}  // namespace kmirror::protocol
