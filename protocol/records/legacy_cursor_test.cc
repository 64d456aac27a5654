#include "protocol/records/legacy_cursor.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "base/testing/memory_in_use.h"
#include "protocol/records/golden_message_sets.h"
#include "protocol/records/open_batch.h"
#include "protocol/testing/message_set.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;
using testing::entry_of;
using testing::Message;
using testing::set_of;
using testing::wrapper_of;

constexpr std::size_t kMaxMessageBytes = 1 << 20;
constexpr Codec kCodecs[] = {Codec::kGzip, Codec::kSnappy, Codec::kLz4};
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

struct Record {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  bool operator==(const Record&) const = default;
};

struct Walk {
  std::vector<Record> records;
  std::string problem;
  std::size_t position = 0;
  bool is_within = false;
  bool is_truncated = false;
  bool operator==(const Walk&) const = default;
};

std::optional<std::string> text(const std::optional<ConstBytes>& field) {
  return field ? std::optional(std::string(as_text(*field))) : std::nullopt;
}

Walk walk(LegacyCursor cursor) {
  Walk result;
  LegacyRecord record;
  while (cursor.next(record)) {
    result.records.push_back({record.offset, record.timestamp_ms, text(record.key),
                              text(record.value), record.timestamp_type});
  }
  EXPECT_FALSE(cursor.next(record));
  if (!cursor.ok()) {
    result.problem = cursor.malformed().what;
    result.position = cursor.malformed().position;
  }
  result.is_within = cursor.is_within();
  result.is_truncated = cursor.is_truncated();
  return result;
}

// Streamed, and once more with the payload in one piece, which must make no difference.
Walk walk(const Buffer& entry) {
  const LegacyMessageView view(entry);
  Walk streamed = walk(LegacyCursor(view, kMaxMessageBytes));
  if (!view.ok()) return streamed;
  Buffer scratch;
  const OpenedBatch opened = open_message(view, 1 << 24, scratch);
  if (opened.error == OpenError::kNone) {
    EXPECT_EQ(walk(LegacyCursor(view, opened.payload)), streamed);
  } else {
    EXPECT_NE(streamed.problem, "");
  }
  return streamed;
}

std::vector<Record> golden_records(bool has_timestamps) {
  std::vector<Record> records = {
      {1003, 5003, "a", "one"}, {1305, 9000, "b", std::nullopt}, {1307, 4993, std::nullopt, ""}};
  for (Record& record : records) {
    if (!has_timestamps) record.timestamp_ms = -1;
  }
  return records;
}

TEST(LegacyCursorTest, WrappersThatJavaWrote) {
  for (const Buffer* entry : {&golden::kGzip0, &golden::kSnappy0, &golden::kLz40}) {
    EXPECT_EQ(walk(*entry), Walk{golden_records(false)});
  }
  for (const Buffer* entry : {&golden::kGzip1, &golden::kSnappy1, &golden::kLz41}) {
    EXPECT_EQ(walk(*entry), Walk{golden_records(true)});
  }
}

TEST(LegacyCursorTest, AppendTimeIsThatOfAllWithin) {
  std::vector<Record> expected = golden_records(true);
  for (Record& record : expected) {
    record.timestamp_ms = 77777;
    record.timestamp_type = TimestampType::kLogAppendTime;
  }
  EXPECT_EQ(walk(golden::kAppendTime1), Walk{expected});
  // Brokers set the wrapper's alone.
  const Buffer set = set_of({{.offset = 0, .timestamp_ms = 5, .value = "v"}});
  EXPECT_EQ(walk(wrapper_of({.offset = 4, .attributes = 8, .timestamp_ms = 99}, Codec::kGzip, set)),
            (Walk{{{4, 99, std::nullopt, "v", TimestampType::kLogAppendTime}}}));
}

TEST(LegacyCursorTest, AMessageIsItsOwnRecord) {
  EXPECT_EQ(walk(entry_of({.offset = 7, .magic = 0, .key = "k", .value = "v"})),
            (Walk{{{7, -1, "k", "v"}}}));
  EXPECT_EQ(walk(entry_of({.offset = 8, .timestamp_ms = 5, .key = "k"})),
            (Walk{{{8, 5, "k", std::nullopt}}}));
  EXPECT_EQ(walk(entry_of({.offset = 9, .attributes = 8, .timestamp_ms = 6})),
            (Walk{{{9, 6, std::nullopt, std::nullopt, TimestampType::kLogAppendTime}}}));
}

TEST(LegacyCursorTest, OffsetsOfFormat1CountBackFromTheLast) {
  const Buffer set = set_of({{.offset = 0, .value = "a"}, {.offset = 5, .value = "b"}});
  const Buffer holes = set_of({{.offset = 3, .value = "a"}, {.offset = 5, .value = "b"}});
  for (const Codec codec : kCodecs) {
    const auto offsets = [&](std::int64_t offset, const Buffer& within) {
      std::vector<std::int64_t> result;
      for (const Record& record : walk(wrapper_of({.offset = offset}, codec, within)).records) {
        result.push_back(record.offset);
      }
      return result;
    };
    EXPECT_EQ(offsets(105, set), (std::vector<std::int64_t>{100, 105}));
    EXPECT_EQ(offsets(105, holes), (std::vector<std::int64_t>{103, 105}));
    EXPECT_EQ(offsets(5, set), (std::vector<std::int64_t>{0, 5}));
    EXPECT_EQ(offsets(0, holes), (std::vector<std::int64_t>{3, 5})) << "librdkafka's";
    EXPECT_EQ(offsets(kMax, set), (std::vector<std::int64_t>{kMax - 5, kMax}));
  }
}

TEST(LegacyCursorTest, OffsetsOfFormat0AreAbsolute) {
  const Buffer set =
      set_of({{.offset = 3, .magic = 0, .value = "a"}, {.offset = 50, .magic = 0, .value = "b"}});
  for (const std::int64_t offset : {50, 0, 77}) {
    EXPECT_EQ(walk(wrapper_of({.offset = offset, .magic = 0}, Codec::kSnappy, set)),
              (Walk{{{3, -1, std::nullopt, "a"}, {50, -1, std::nullopt, "b"}}}));
  }
}

TEST(LegacyCursorTest, MessagesOfAnotherMagicAreReadAsJavaDoes) {
  const Buffer old = set_of({{.offset = 2, .magic = 0, .value = "a"}});
  EXPECT_EQ(walk(wrapper_of({.offset = 12, .attributes = 8, .timestamp_ms = 9}, Codec::kGzip, old)),
            (Walk{{{12, -1, std::nullopt, "a"}}}));
  const Buffer newer = set_of({{.offset = 2, .timestamp_ms = 5, .value = "a"}});
  EXPECT_EQ(walk(wrapper_of({.offset = 12, .magic = 0}, Codec::kGzip, newer)),
            (Walk{{{2, 5, std::nullopt, "a"}}}));
}

TEST(LegacyCursorTest, TruncatedLastMessageIsLeftOut) {
  for (const std::int8_t magic : {0, 1}) {
    const Buffer whole =
        set_of({{.offset = 0, .magic = magic, .timestamp_ms = -1, .value = "first"},
                {.offset = 1, .magic = magic, .timestamp_ms = -1, .value = "last"}});
    const std::size_t first_bytes = (magic == 0 ? 26 : 34) + 5;
    const std::int64_t offset = magic == 0 ? 0 : 40;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      SCOPED_TRACE(size);
      const Walk found = walk(wrapper_of({.offset = offset, .magic = magic}, Codec::kLz4,
                                         ConstBytes(whole).first(size)));
      if (size < first_bytes) {
        EXPECT_EQ(found.problem, "wrapper holds no whole message");
        EXPECT_TRUE(found.records.empty());
        continue;
      }
      // The last whole one has the wrapper's offset.
      EXPECT_EQ(found.records, (std::vector<Record>{{offset, -1, std::nullopt, "first"}}));
      EXPECT_EQ(found.is_truncated, size > first_bytes);
      EXPECT_EQ(found.problem, "");
    }
  }
}

TEST(LegacyCursorTest, ProblemsOfTheEntryAreNamed) {
  struct Case {
    const char* what;
    std::size_t position;
    Buffer entry;
  };
  const Buffer set = set_of({{.offset = 5, .value = "a"}});
  const Case cases[] = {
      {"bad message value", 30,
       [] {
         Buffer entry = entry_of({});
         entry[30] = 0x7f;
         testing::mend_crc(entry);
         return entry;
       }()},
      {"compression codec is unknown", 17, entry_of({.attributes = 4, .value = "zstd"})},
      {"compression codec is unknown", 17, entry_of({.attributes = 7, .value = "?"})},
      {"wrapper has no value", 22, entry_of({.magic = 0, .attributes = 1})},
      {"wrapper has no value", 33, entry_of({.attributes = 3, .key = "key"})},
      {"wrapper's offset is below that of its last message", 0,
       wrapper_of({.offset = 4}, Codec::kGzip, set)},
      {"wrapper's offset is below that of its last message", 0,
       wrapper_of({.offset = -1}, Codec::kGzip, set)},
      {"wrapper holds no whole message", 16, wrapper_of({}, Codec::kGzip, {})},
      {"wrapper holds no whole message", 16, wrapper_of({.magic = 0}, Codec::kGzip, {})},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    const Walk found = walk(c.entry);
    EXPECT_EQ(found.problem, c.what);
    EXPECT_EQ(found.position, c.position);
    EXPECT_FALSE(found.is_within);
    EXPECT_TRUE(found.records.empty());
  }
}

// Of format 0 what stands before the problem comes out; format 1 may have to be read to its end.
TEST(LegacyCursorTest, ProblemsWithinAreNamed) {
  struct Case {
    const char* what;
    std::size_t position;  // behind the second message's beginning
    std::size_t at;        // which byte of the second message becomes what
    std::uint8_t byte;
    bool mend;
  };
  const Case cases[] = {
      {"message size is too small", 8, 11, 13, false},
      {"message checksum is wrong", 12, 12, 0, false},
      {"magic is not 0 or 1", 16, 16, 2, true},
      {"message within a wrapper is compressed", 17, 17, 1, true},
      {"bad message value", 22, 25, 200, true},
  };
  for (const std::int8_t magic : {0, 1}) {
    const Message good = {.magic = magic, .value = "value"};
    const std::size_t extra = magic == 0 ? 0 : 8;
    for (const Case& c : cases) {
      SCOPED_TRACE(c.what);
      Buffer bad = entry_of(good);
      const std::size_t at = c.at > 17 ? c.at + extra : c.at;
      bad[at] = c.byte;
      if (c.mend) testing::mend_crc(bad);
      Buffer set = entry_of(good);
      const std::size_t start = set.size();
      set.insert(set.end(), bad.begin(), bad.end());
      const Walk found = walk(wrapper_of({.offset = 9, .magic = magic}, Codec::kSnappy, set));
      EXPECT_EQ(found.problem, c.what);
      EXPECT_EQ(found.position, start + c.position + (c.position > 17 ? extra : 0));
      EXPECT_TRUE(found.is_within);
      EXPECT_EQ(found.records.size(), magic == 1 && c.position < 12 ? 0U : 1U);
    }
  }
}

// Clients may send any, which brokers replace where nothing is compressed.
TEST(LegacyCursorTest, NegativeOffsetsAreReadAsJavaDoes) {
  const auto offsets = [](const Buffer& entry) {
    const Walk found = walk(entry);
    EXPECT_EQ(found.problem, "");
    std::vector<std::int64_t> result;
    for (const Record& record : found.records) result.push_back(record.offset);
    return result;
  };
  using Offsets = std::vector<std::int64_t>;
  EXPECT_EQ(offsets(entry_of({.offset = -1})), Offsets{-1});
  EXPECT_EQ(offsets(entry_of({.offset = kMin, .magic = 0})), Offsets{kMin});
  for (const Codec codec : kCodecs) {
    const Buffer old = set_of({{.offset = -7, .magic = 0}, {.offset = kMin, .magic = 0}});
    EXPECT_EQ(offsets(wrapper_of({.magic = 0}, codec, old)), (Offsets{-7, kMin}));
    const Buffer set = set_of({{.offset = -7}, {.offset = -3}});
    EXPECT_EQ(offsets(wrapper_of({.offset = 0}, codec, set)), (Offsets{-7, -3}));
    EXPECT_EQ(offsets(wrapper_of({.offset = -1}, codec, set)), (Offsets{-5, -1}));
    EXPECT_EQ(offsets(wrapper_of({.offset = kMax}, codec, set)), (Offsets{kMax - 4, kMax}));
    const Buffer falling = set_of({{.offset = 2}, {.offset = 1}});
    EXPECT_EQ(offsets(wrapper_of({.offset = kMax}, codec, falling)), (Offsets{kMin, kMax}));
  }
}

TEST(LegacyCursorTest, DamagedStreamIsNamed) {
  Buffer entry = wrapper_of({.offset = 1}, Codec::kGzip, set_of({{.value = "a"}, {.value = "b"}}));
  entry[entry.size() - 5] ^= 1;  // gzip's own checksum
  testing::mend_crc(entry);
  const Walk found = walk(entry);
  EXPECT_TRUE(found.is_within);
  EXPECT_EQ(found.problem,
            compression::decompress_error_text(compression::DecompressError::kCorrupt));
}

// Sizes below and above what is allowed. (Sanitizers keep other books, so with them only what is
// read is tested.)
TEST(LegacyCursorTest, LyingSizesCostNothing) {
  Buffer set = set_of({{.offset = 0, .value = "a"}, {.offset = 1, .value = "b"}});
  const std::size_t second = set.size() / 2;
  set.resize(set.size() + 200'000);  // more than a window
  for (const std::int32_t size : {1'000'000, 2'000'000, 0x7fffffff}) {
    store_be(set.data() + second + message_field::kSize, size);
    for (const Codec codec : kCodecs) {
      const Buffer entry = wrapper_of({.offset = 1}, codec, set);
      const Walk cut = walk(entry);
      EXPECT_EQ(cut.records.size(), 1U);
      EXPECT_TRUE(cut.is_truncated) << "as Java has it";

      const LegacyMessageView view(entry);
      const LegacyCursor other(view, kMaxMessageBytes);  // has the spare context
      const std::int64_t before = memory_in_use();
      LegacyCursor cursor(view, kMaxMessageBytes);
      for (LegacyRecord record; cursor.next(record);) continue;
      EXPECT_TRUE(cursor.is_truncated());
      EXPECT_LT(memory_in_use() - before, 512 << 10) << codec_name(codec) << ", " << size;
    }
  }
}

TEST(LegacyCursorTest, LargeMessagesArePassedOver) {
  const std::string large(kMaxMessageBytes, 'v');
  const Buffer entry = wrapper_of(
      {.offset = 2}, Codec::kGzip,
      set_of({{.offset = 0, .value = "a"}, {.offset = 1, .value = large}, {.offset = 2}}));
  LegacyCursor cursor{LegacyMessageView(entry), kMaxMessageBytes};
  LegacyRecord record;
  ASSERT_TRUE(cursor.next(record));
  EXPECT_FALSE(cursor.next(record));
  EXPECT_STREQ(cursor.malformed().what, kRecordTooLarge);
  EXPECT_EQ(cursor.malformed().position, 35U);
  ASSERT_TRUE(cursor.pass_large());
  ASSERT_TRUE(cursor.next(record));
  EXPECT_EQ(record.offset, 2);
  EXPECT_FALSE(cursor.next(record));
  EXPECT_TRUE(cursor.ok());
  EXPECT_FALSE(cursor.pass_large());
}

// What walk() compares stays the same, and sanitizers see nothing.
TEST(LegacyCursorTest, EveryByteMayBeDamaged) {
  for (const Buffer* entry : {&golden::kGzip1, &golden::kSnappy0, &golden::kLz41}) {
    for (std::size_t i = 0; i < entry->size(); ++i) {
      for (const std::uint8_t change : {0x01, 0x80, 0xff}) {
        Buffer changed = *entry;
        changed[i] ^= change;
        testing::mend_crc(changed);
        walk(changed);
      }
    }
  }
}

}  // namespace
}  // namespace kmirror::protocol
