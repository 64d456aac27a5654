#include "protocol/wire/varint.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/random.h"

namespace kmirror::protocol {
namespace {

struct SignedCase {
  std::int64_t value;
  Buffer bytes;
};

// From ByteUtilsTest of the Java client.
const std::vector<SignedCase> kVarints = {
    {0, {0x00}},
    {-1, {0x01}},
    {1, {0x02}},
    {63, {0x7E}},
    {-64, {0x7F}},
    {64, {0x80, 0x01}},
    {-65, {0x81, 0x01}},
    {8191, {0xFE, 0x7F}},
    {-8192, {0xFF, 0x7F}},
    {8192, {0x80, 0x80, 0x01}},
    {-8193, {0x81, 0x80, 0x01}},
    {1048575, {0xFE, 0xFF, 0x7F}},
    {std::numeric_limits<std::int32_t>::max(), {0xFE, 0xFF, 0xFF, 0xFF, 0x0F}},
    {std::numeric_limits<std::int32_t>::min(), {0xFF, 0xFF, 0xFF, 0xFF, 0x0F}},
};

const std::vector<SignedCase> kVarlongs = {
    {17179869183, {0xFE, 0xFF, 0xFF, 0xFF, 0x7F}},
    {-17179869184, {0xFF, 0xFF, 0xFF, 0xFF, 0x7F}},
    {std::numeric_limits<std::int64_t>::max(),
     {0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}},
    {std::numeric_limits<std::int64_t>::min(),
     {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}},
};

void expect_varlong(const SignedCase& c) {
  SCOPED_TRACE(c.value);
  Buffer out(kMaxVarlongBytes);
  out.resize(write_varlong(out.data(), c.value) - out.data());
  EXPECT_EQ(out, c.bytes);
  EXPECT_EQ(varlong_size(c.value), c.bytes.size());
  for (std::size_t size = 0; size <= c.bytes.size(); ++size) {
    // A copy of exactly that size, so that a read past it is seen by the sanitizer.
    const Buffer prefix(c.bytes.begin(), c.bytes.begin() + size);
    const std::uint8_t* cursor = prefix.data();
    std::int64_t value = 0;
    EXPECT_EQ(read_varlong(cursor, prefix.data() + size, value), size == c.bytes.size());
    EXPECT_EQ(cursor, size == c.bytes.size() ? prefix.data() + size : prefix.data());
    EXPECT_EQ(value, size == c.bytes.size() ? c.value : 0);
  }
}

TEST(VarintTest, MatchesTheJavaClient) {
  for (const auto& c : kVarints) {
    expect_varlong(c);
    SCOPED_TRACE(c.value);
    const auto narrow = static_cast<std::int32_t>(c.value);
    Buffer out(kMaxVarintBytes);
    out.resize(write_varint(out.data(), narrow) - out.data());
    EXPECT_EQ(out, c.bytes);
    EXPECT_EQ(varint_size(narrow), c.bytes.size());
    const std::uint8_t* cursor = c.bytes.data();
    std::int32_t value = 0;
    EXPECT_TRUE(read_varint(cursor, c.bytes.data() + c.bytes.size(), value));
    EXPECT_EQ(value, narrow);
  }
  for (const auto& c : kVarlongs) expect_varlong(c);
}

TEST(VarintTest, RefusesWhatDoesNotFit) {
  const std::vector<Buffer> bad32 = {
      {0xFF, 0xFF, 0xFF, 0xFF, 0x1F},        // bit 32 set
      {0x80, 0x80, 0x80, 0x80, 0x80, 0x00},  // a sixth byte
  };
  for (const auto& bytes : bad32) {
    const std::uint8_t* cursor = bytes.data();
    std::uint32_t value = 7;
    EXPECT_FALSE(read_unsigned_varint(cursor, bytes.data() + bytes.size(), value));
    EXPECT_EQ(cursor, bytes.data());
    EXPECT_EQ(value, 7U);
  }
  Buffer bad64(10, 0xFF);
  bad64[9] = 0x02;  // bit 64 set
  const std::uint8_t* cursor = bad64.data();
  std::uint64_t value = 7;
  EXPECT_FALSE(read_unsigned_varlong(cursor, bad64.data() + bad64.size(), value));
  bad64[9] = 0x81;  // goes on for an eleventh byte
  bad64.push_back(0);
  cursor = bad64.data();
  EXPECT_FALSE(read_unsigned_varlong(cursor, bad64.data() + bad64.size(), value));
  EXPECT_EQ(value, 7U);
}

TEST(VarintTest, AcceptsPadding) {
  const Buffer padded = {0x81, 0x80, 0x00};
  const std::uint8_t* cursor = padded.data();
  std::uint32_t value = 0;
  EXPECT_TRUE(read_unsigned_varint(cursor, padded.data() + padded.size(), value));
  EXPECT_EQ(value, 1U);
  EXPECT_EQ(cursor, padded.data() + padded.size());
}

TEST(VarintTest, RoundTripsRandomValues) {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t value = random.next() >> random.below(64);
    std::uint8_t bytes[kMaxVarlongBytes];
    const std::uint8_t* end = write_unsigned_varlong(bytes, value);
    ASSERT_EQ(static_cast<std::size_t>(end - bytes), unsigned_varlong_size(value));
    const std::uint8_t* cursor = bytes;
    std::uint64_t read = 0;
    ASSERT_TRUE(read_unsigned_varlong(cursor, end, read));
    ASSERT_EQ(read, value);
    ASSERT_EQ(cursor, end);
    const auto narrow = static_cast<std::uint32_t>(value);
    ASSERT_EQ(static_cast<std::size_t>(write_unsigned_varint(bytes, narrow) - bytes),
              unsigned_varint_size(narrow));
  }
}

}  // namespace
}  // namespace kmirror::protocol
