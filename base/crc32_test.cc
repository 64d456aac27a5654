#include "base/crc32.h"

#include <gtest/gtest.h>

namespace kmirror {
namespace {

// Bit by bit, as the standard defines it.
std::uint32_t simple_crc32(ConstBytes data) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : data) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320 : 0);
  }
  return ~crc;
}

TEST(Crc32, CheckValueOfTheStandard) {
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926u);
  EXPECT_EQ(crc32({}), 0u);
}

TEST(Crc32, AgreesWithTheDefinitionAtEveryLength) {
  Buffer bytes;
  for (std::size_t size = 0; size < 600; ++size) {
    ASSERT_EQ(crc32(bytes), simple_crc32(bytes)) << size;
    bytes.push_back(static_cast<std::uint8_t>(size * 37 + 11));
  }
}

TEST(Crc32, Extends) {
  const ConstBytes bytes = as_bytes("123456789");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(crc32_extend(crc32(bytes.first(cut)), bytes.subspan(cut)), crc32(bytes)) << cut;
  }
}

}  // namespace
}  // namespace kmirror
