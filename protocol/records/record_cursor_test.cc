#include "protocol/records/record_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/golden_batches.h"

namespace kmirror::protocol {
namespace {

std::string text(const std::optional<ConstBytes>& field) {
  return field ? std::string(as_text(*field)) : "null";
}

// The payload of a batch, in memory of exactly its size.
Buffer payload_of(const Buffer& batch) {
  return {batch.begin() + kBatchHeaderBytes, batch.end()};
}

TEST(RecordCursorTest, ReadsWhatJavaWrote) {
  const Buffer payload = payload_of(golden::kPlain);
  RecordCursor cursor(payload, 5);
  struct Expected {
    std::int64_t timestamp_delta_ms;
    std::string key, value;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  const Expected expected[] = {
      {0, "k1", "value one", {}},
      {5, "null", "value two", {{"h1", "x"}, {"h2", "null"}, {"", ""}}},
      {-1, "tomb", "null", {}},
      {300, "", "", {}},
      {300, "k2", std::string(300, 'a'), {}},
  };
  RecordView record;
  std::int32_t index = 0;
  for (const auto& e : expected) {
    SCOPED_TRACE(index);
    ASSERT_TRUE(cursor.next(record));
    EXPECT_EQ(record.timestamp_delta_ms, e.timestamp_delta_ms);
    EXPECT_EQ(record.offset_delta, index++);
    EXPECT_EQ(text(record.key), e.key);
    EXPECT_EQ(text(record.value), e.value);
    ASSERT_EQ(record.header_count, static_cast<std::int32_t>(e.headers.size()));
    HeaderCursor headers(record);
    RecordHeader header;
    for (const auto& [key, value] : e.headers) {
      ASSERT_TRUE(headers.next(header));
      EXPECT_EQ(as_text(header.key), key);
      EXPECT_EQ(text(header.value), value);
    }
    EXPECT_FALSE(headers.next(header));
  }
  EXPECT_FALSE(cursor.next(record));
  EXPECT_TRUE(cursor.ok());
}

TEST(RecordCursorTest, BodyIsEverythingBehindTheOffsetDelta) {
  const Buffer payload = payload_of(golden::kTransactional);
  RecordCursor cursor(payload, 2);
  RecordView record;
  ASSERT_TRUE(cursor.next(record));
  EXPECT_EQ(Buffer(record.body.begin(), record.body.end()), (Buffer{2, 'k', 2, 'v', 0}));
}

TEST(RecordCursorTest, ABodyWithoutRecordsIsEmpty) {
  RecordView record;
  RecordCursor cursor({}, 0);
  EXPECT_FALSE(cursor.next(record));
  EXPECT_TRUE(cursor.ok());
}

TEST(RecordCursorTest, SaysWhatIsWrongAndWhere) {
  struct Case {
    const char* what;
    std::size_t position;
    std::int32_t count;
    Buffer payload;
  };
  const Case cases[] = {
      {"record count is negative", 0, -1, {}},
      {"record length cannot be read", 0, 1, {}},
      {"record length cannot be read", 0, 1, {0x80}},
      {"record length is negative", 0, 1, {0x01}},
      {"record reaches beyond its batch", 0, 1, {0x0E, 0, 0, 0, 1, 1}},
      {"record is empty", 1, 1, {0x00}},
      {"bad timestamp delta", 2, 1, {0x02, 0}},
      {"bad offset delta", 3, 1, {0x04, 0, 0}},
      {"bad record key", 4, 1, {0x06, 0, 0, 0}},
      {"bad record key", 4, 1, {0x08, 0, 0, 0, 0x03}},       // length -2
      {"bad record key", 4, 1, {0x08, 0, 0, 0, 0x02, 'k'}},  // its end lies in the next record
      {"bad record value", 5, 1, {0x08, 0, 0, 0, 1}},
      {"bad header count", 6, 1, {0x0A, 0, 0, 0, 1, 1}},
      {"header count is negative", 7, 1, {0x0C, 0, 0, 0, 1, 1, 1}},
      {"bad record header", 7, 1, {0x0C, 0, 0, 0, 1, 1, 2}},
      {"bad record header", 7, 1, {0x10, 0, 0, 0, 1, 1, 2, 1, 1}},  // null header key
      {"bad record header", 11, 1, {0x14, 0, 0, 0, 1, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F}},
      {"bytes are left over in the record", 7, 1, {0x0E, 0, 0, 0, 1, 1, 0, 9}},
      {"bytes are left over behind the last record", 7, 1, {0x0C, 0, 0, 0, 1, 1, 0, 0}},
      {"record length cannot be read", 7, 2, {0x0C, 0, 0, 0, 1, 1, 0}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(::testing::PrintToString(c.payload));
    RecordCursor cursor(c.payload, c.count);
    RecordView record;
    while (cursor.next(record)) {
    }
    ASSERT_FALSE(cursor.ok());
    EXPECT_STREQ(cursor.malformed().what, c.what);
    EXPECT_EQ(cursor.malformed().position, c.position);
    EXPECT_FALSE(cursor.next(record));
  }
}

TEST(RecordCursorTest, EveryPrefixIsMalformed) {
  const Buffer whole = payload_of(golden::kPlain);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Buffer payload(whole.begin(), whole.begin() + size);
    RecordCursor cursor(payload, 5);
    RecordView record;
    while (cursor.next(record)) {
    }
    EXPECT_FALSE(cursor.ok()) << size;
  }
}

TEST(RecordCursorTest, SurvivesAnything) {
  const Buffer whole = payload_of(golden::kPlain);
  Random random(11);
  for (int round = 0; round < 20000; ++round) {
    Buffer payload = whole;
    for (std::size_t changes = 1 + random.below(3); changes > 0; --changes) {
      payload[random.below(payload.size())] = static_cast<std::uint8_t>(random.next());
    }
    RecordCursor cursor(payload, static_cast<std::int32_t>(random.below(8)));
    RecordView record;
    std::size_t body_bytes = 0;
    while (cursor.next(record)) {
      body_bytes += record.body.size();
      HeaderCursor headers(record);
      RecordHeader header;
      std::int32_t seen = 0;
      while (headers.next(header)) ++seen;
      ASSERT_EQ(seen, record.header_count);
    }
    ASSERT_LE(body_bytes, payload.size());
  }
}

}  // namespace
}  // namespace kmirror::protocol
