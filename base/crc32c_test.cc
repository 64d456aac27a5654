#include "base/crc32c.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace kmirror {
namespace {

Buffer random_bytes(Random& random, std::size_t size) {
  Buffer bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

TEST(Crc32c, CheckValueOfTheStandard) {
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283u);
  EXPECT_EQ(crc32c({}), 0u);
}

TEST(Crc32c, ExtendAndCombineAgreeWithOnePass) {
  Random random(1);
  for (std::size_t size_b : {0, 1, 7, 64, 5000}) {
    Buffer whole = random_bytes(random, 100 + size_b);
    ConstBytes a = ConstBytes(whole).first(100);
    ConstBytes b = ConstBytes(whole).subspan(100);
    EXPECT_EQ(crc32c_extend(crc32c(a), b), crc32c(whole));
    EXPECT_EQ(crc32c_combine(crc32c(a), crc32c(b), size_b), crc32c(whole));
  }
}

TEST(Crc32c, PatchEqualsTheChecksumOfTheChangedMessage) {
  Random random(2);
  for (std::size_t rest : {0, 1, 13, 255, 256, 5000, 65536, 1 << 20, (1 << 24) + 7}) {
    Buffer before = random_bytes(random, 40 + rest);
    Buffer after = before;
    Buffer head = random_bytes(random, 40);
    std::copy(head.begin(), head.end(), after.begin());
    EXPECT_EQ(crc32c_patch(crc32c(before), ConstBytes(before).first(40), head, rest),
              crc32c(after));
  }
}

TEST(Crc32c, PatchKeepsAWrongChecksumWrong) {
  Random random(3);
  Buffer message = random_bytes(random, 200);
  Buffer head = random_bytes(random, 40);
  std::uint32_t wrong = crc32c(message) ^ 0x10;
  Buffer changed = message;
  std::copy(head.begin(), head.end(), changed.begin());
  std::uint32_t patched = crc32c_patch(wrong, ConstBytes(message).first(40), head, 160);
  EXPECT_EQ(patched ^ crc32c(changed), 0x10u);
}

}  // namespace
}  // namespace kmirror
