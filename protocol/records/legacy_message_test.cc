#include "protocol/records/legacy_message.h"

#include <gtest/gtest.h>

#include "protocol/records/golden_batches.h"
#include "protocol/testing/message_set.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;
using testing::entry_of;

std::optional<std::string_view> text(std::optional<ConstBytes> field) {
  return field ? std::optional(as_text(*field)) : std::nullopt;
}

TEST(LegacyMessageTest, ReadsFormat1AsJavaWroteIt) {
  const LegacyMessageView message(ConstBytes(golden::kMagic1).first(golden::kMagic1.size() / 2));
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message.offset(), 20);
  EXPECT_EQ(message.size(), 24);
  EXPECT_EQ(message.magic(), 1);
  EXPECT_EQ(message.timestamp_ms(), 5);
  EXPECT_EQ(message.timestamp_type(), TimestampType::kCreateTime);
  EXPECT_EQ(message.codec(), Codec::kNone);
  EXPECT_FALSE(message.is_compressed());
  EXPECT_EQ(text(message.key()), "k");
  EXPECT_EQ(text(message.value()), "v");
  EXPECT_EQ(message.crc(), 0x7fdc1decu);
  EXPECT_TRUE(message.is_crc_valid());
}

TEST(LegacyMessageTest, ReadsFormat0) {
  // The timestamp bit means nothing in format 0.
  const Buffer entry = entry_of(
      {.offset = 7, .magic = 0, .attributes = 0x08, .key = std::nullopt, .value = "hello"});
  const LegacyMessageView message(entry);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message.offset(), 7);
  EXPECT_EQ(message.timestamp_ms(), kNoTimestamp);
  EXPECT_EQ(message.timestamp_type(), TimestampType::kCreateTime);
  EXPECT_EQ(text(message.key()), std::nullopt);
  EXPECT_EQ(text(message.value()), "hello");
  EXPECT_TRUE(message.is_crc_valid());
}

TEST(LegacyMessageTest, ShortestMessages) {
  for (const std::int8_t magic : {0, 1}) {
    const Buffer entry = entry_of({.magic = magic});
    EXPECT_EQ(entry.size(), magic == 0 ? kMinMessageBytes : kMinMessageBytesOfMagic1);
    const LegacyMessageView message(entry);
    EXPECT_TRUE(message.ok());
    EXPECT_FALSE(message.key());
    EXPECT_FALSE(message.value());
  }
}

TEST(LegacyMessageTest, EmptyIsNotNull) {
  const Buffer entry = entry_of({.key = "", .value = ""});
  const LegacyMessageView message(entry);
  EXPECT_EQ(text(message.key()), "");
  EXPECT_EQ(text(message.value()), "");
}

TEST(LegacyMessageTest, AppendTimeAndCodecs) {
  const Buffer entry = entry_of({.attributes = 0x0a, .timestamp_ms = 99, .value = "set"});
  const LegacyMessageView message(entry);
  EXPECT_EQ(message.timestamp_type(), TimestampType::kLogAppendTime);
  EXPECT_EQ(message.timestamp_ms(), 99);
  EXPECT_EQ(message.codec(), Codec::kSnappy);
  EXPECT_TRUE(message.is_compressed());
  for (const std::int8_t bits : {4, 5, 6, 7}) {
    const Buffer unknown = entry_of({.attributes = bits, .value = "set"});
    EXPECT_EQ(LegacyMessageView(unknown).codec(), std::nullopt) << "zstd came with format 2";
    EXPECT_TRUE(LegacyMessageView(unknown).is_compressed());
  }
}

TEST(LegacyMessageTest, CrcCoversMagicToEnd) {
  const Buffer entry = entry_of({.offset = 5, .key = "key", .value = "value"});
  for (std::size_t i = 0; i < entry.size(); ++i) {
    Buffer changed = entry;
    changed[i] ^= 0x40;
    const bool is_outside = i < message_field::kCrc;
    EXPECT_EQ(LegacyMessageView(changed).is_crc_valid(), is_outside) << i;
  }
}

TEST(LegacyMessageTest, BadLengthsAreNamed) {
  struct Case {
    const char* what;
    std::size_t position;
    std::size_t field;
    std::int32_t length;
  };
  // Behind the key's length at 26 follow "key", the value's length at 33 and "value".
  const Case cases[] = {
      {"bad message key", 26, 26, -2},
      {"bad message key", 26, 26, 0x7fffffff},
      {"bad message key", 26, 26, 13},
      {"bad message value", 38, 26, 12 - 4},
      {"bad message value", 41, 26, 11},
      {"bad message value", 33, 33, -0x7fffffff - 1},
      {"bad message value", 33, 33, 6},
      {"bytes are left over in the message", 41, 33, 4},
      {"bytes are left over in the message", 37, 33, -1},
  };
  const Buffer entry = entry_of({.key = "key", .value = "value"});
  for (const Case& c : cases) {
    SCOPED_TRACE(c.length);
    Buffer bad = entry;
    store_be(bad.data() + c.field, c.length);
    const LegacyMessageView message(bad);
    ASSERT_FALSE(message.ok());
    EXPECT_STREQ(message.malformed().what, c.what);
    EXPECT_EQ(message.malformed().position, c.position);
    EXPECT_FALSE(message.key() || message.value());
  }
}

TEST(LegacyMessageTest, BadMagicIsNamed) {
  for (const std::int8_t magic : {-1, 2, 3}) {
    Buffer entry = entry_of({.value = "v"});
    entry[message_field::kMagic] = static_cast<std::uint8_t>(magic);
    const LegacyMessageView message(entry);
    EXPECT_STREQ(message.malformed().what, "magic is not 0 or 1");
    EXPECT_EQ(message.malformed().position, message_field::kMagic);
    EXPECT_EQ(message.timestamp_ms(), kNoTimestamp);
  }
}

// An address sanitizer sees a read beyond the end.
TEST(LegacyMessageTest, EveryPrefixCanBeLookedAt) {
  for (const std::int8_t magic : {0, 1}) {
    const Buffer whole = entry_of({.magic = magic, .key = "some key", .value = "some value"});
    for (std::size_t size = kMinMessageBytes; size < whole.size(); ++size) {
      const Buffer part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const LegacyMessageView message(part);
      EXPECT_FALSE(message.ok()) << size;
      EXPECT_FALSE(message.is_crc_valid());
      EXPECT_EQ(message.timestamp_ms(),
                magic == 1 && size >= kMinMessageBytesOfMagic1 ? 0 : kNoTimestamp);
    }
  }
}

}  // namespace
}  // namespace kmirror::protocol
