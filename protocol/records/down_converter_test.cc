#include "protocol/records/down_converter.h"

#include <gtest/gtest.h>

#include "protocol/records/golden_message_sets.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/open_batch.h"
#include "protocol/testing/message_set.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;
using testing::batch_of;
using testing::Message;
using testing::set_of;
using testing::StoredBatch;

constexpr std::size_t kLimit = 1 << 24;
constexpr Codec kWrappers[] = {Codec::kGzip, Codec::kSnappy, Codec::kLz4};

MessageSet convert(const Buffer& source, const DownConversion& wanted) {
  const BatchView view(source);
  Buffer scratch;
  const OpenedBatch opened = open_batch(view, kLimit, scratch);
  EXPECT_EQ(opened.error, OpenError::kNone);
  MessageSet set;
  const auto malformed = convert_down(view, opened.payload, wanted, set);
  EXPECT_FALSE(malformed) << malformed->what;
  return set;
}

Malformed problem_of(const StoredBatch& stored, const DownConversion& wanted) {
  const Buffer source = batch_of(stored);
  MessageSet set;
  const auto malformed =
      convert_down(BatchView(source), ConstBytes(source).subspan(kBatchHeaderBytes), wanted, set);
  EXPECT_EQ(set.bytes.empty(), malformed.has_value());
  return malformed.value_or(Malformed{"nothing", 0});
}

// The set within a wrapper, which has to be the only entry.
Buffer unwrapped(const MessageSet& set, const Message& expected, Codec codec) {
  const LegacyMessageView wrapper(set.bytes);
  EXPECT_TRUE(wrapper.ok());
  EXPECT_TRUE(wrapper.is_crc_valid());
  EXPECT_EQ(wrapper.size() + kMessagePrefixBytes, set.bytes.size());
  EXPECT_EQ(wrapper.magic(), 1);
  EXPECT_EQ(wrapper.offset(), expected.offset);
  EXPECT_EQ(wrapper.timestamp_ms(), expected.timestamp_ms);
  EXPECT_EQ(wrapper.attributes(), expected.attributes | static_cast<int>(codec));
  EXPECT_FALSE(wrapper.key());
  Buffer inner;
  EXPECT_EQ(compression::decompress(codec, *wrapper.value(), kLimit, inner),
            compression::DecompressError::kNone);
  return inner;
}

// Offsets 1003, 1305 and 1307.
StoredBatch compacted() {
  return {
      .base_offset = 1000,
      .last_offset_delta = 399,
      .base_timestamp_ms = 5000,
      .max_timestamp_ms = 9500,
      .records = {
          {.timestamp_delta_ms = 3, .offset_delta = 3, .key = "a", .value = "one"},
          {.timestamp_delta_ms = 4000, .offset_delta = 305, .key = "b", .headers = {{"h", "x"}}},
          {.timestamp_delta_ms = -7, .offset_delta = 307, .value = ""}}};
}

TEST(DownConverterTest, ForABrokerOffsetsBeginAtZero) {
  const Buffer expected =
      set_of({{.offset = 0, .timestamp_ms = 5003, .key = "a", .value = "one"},
              {.offset = 1, .timestamp_ms = 9000, .key = "b", .value = std::nullopt},
              {.offset = 2, .timestamp_ms = 4993, .key = std::nullopt, .value = ""}});
  EXPECT_EQ(convert(batch_of(compacted()), {}).bytes, expected);
  for (const Codec codec : kWrappers) {
    const MessageSet set = convert(batch_of(compacted(), Codec::kZstd), {.codec = codec});
    EXPECT_EQ(unwrapped(set, {.offset = 2, .timestamp_ms = 9000}, codec), expected);
    EXPECT_EQ(set.record_count, 3);
    EXPECT_TRUE(set.changed_codec);
  }
}

TEST(DownConverterTest, ForAConsumerOffsetsAreKept) {
  const MessageSet plain = convert(batch_of(compacted()), {.use = MessageSetUse::kFetch});
  EXPECT_EQ(plain.bytes,
            set_of({{.offset = 1003, .timestamp_ms = 5003, .key = "a", .value = "one"},
                    {.offset = 1305, .timestamp_ms = 9000, .key = "b", .value = std::nullopt},
                    {.offset = 1307, .timestamp_ms = 4993, .key = std::nullopt, .value = ""}}));
  // In a wrapper they count from the first record's.
  for (const Codec codec : kWrappers) {
    const MessageSet set =
        convert(batch_of(compacted(), codec), {.use = MessageSetUse::kFetch, .codec = codec});
    EXPECT_EQ(unwrapped(set, {.offset = 1307, .timestamp_ms = 9000}, codec),
              set_of({{.offset = 0, .timestamp_ms = 5003, .key = "a", .value = "one"},
                      {.offset = 302, .timestamp_ms = 9000, .key = "b", .value = std::nullopt},
                      {.offset = 304, .timestamp_ms = 4993, .key = std::nullopt, .value = ""}}));
    EXPECT_FALSE(set.changed_codec);
  }
}

TEST(DownConverterTest, ForAConsumerAsJavaDoes) {
  const DownConversion fetch{.use = MessageSetUse::kFetch};
  EXPECT_EQ(convert(golden::kBatch, fetch).bytes, golden::kPlain1);
  const MessageSet set =
      convert(golden::kAppendTimeBatch, {.use = MessageSetUse::kFetch, .codec = Codec::kLz4});
  const MessageSet javas{.bytes = golden::kAppendTimeDown};
  const Message wrapper = {.offset = 1307, .attributes = 8, .timestamp_ms = 9500};
  EXPECT_EQ(unwrapped(set, wrapper, Codec::kLz4), unwrapped(javas, wrapper, Codec::kLz4));
}

TEST(DownConverterTest, RecordsBelowTheFirstOffsetAreLeftOut) {
  const MessageSet produced = convert(batch_of(compacted()), {.first_offset = 1305});
  EXPECT_EQ(produced.bytes,
            set_of({{.offset = 0, .timestamp_ms = 9000, .key = "b", .value = std::nullopt},
                    {.offset = 1, .timestamp_ms = 4993, .key = std::nullopt, .value = ""}}));
  EXPECT_EQ(produced.dropped_headers, 1);
  const MessageSet fetched =
      convert(batch_of(compacted()),
              {.use = MessageSetUse::kFetch, .codec = Codec::kGzip, .first_offset = 1306});
  EXPECT_EQ(unwrapped(fetched, {.offset = 1307, .timestamp_ms = 4993}, Codec::kGzip),
            set_of({{.offset = 0, .timestamp_ms = 4993, .key = std::nullopt, .value = ""}}));
  EXPECT_EQ(fetched.dropped_headers, 0);
  const MessageSet nothing =
      convert(batch_of(compacted()), {.codec = Codec::kLz4, .first_offset = 1308});
  EXPECT_TRUE(nothing.bytes.empty());
  EXPECT_EQ(nothing.record_count, 0);
}

TEST(DownConverterTest, AppendTime) {
  StoredBatch stored = compacted();
  stored.attributes = batch_attribute::kLogAppendTime;
  stored.records.resize(1);
  const auto entry = [](std::int64_t offset, std::int8_t attributes) {
    return set_of({{.offset = offset,
                    .attributes = attributes,
                    .timestamp_ms = 9500,
                    .key = "a",
                    .value = "one"}});
  };
  EXPECT_TRUE(convert(batch_of(stored), {}).changed_timestamp_type);
  EXPECT_FALSE(convert(batch_of(stored), {.use = MessageSetUse::kFetch}).changed_timestamp_type);
  // A broker refuses the mark from a client, a consumer is told.
  EXPECT_EQ(convert(batch_of(stored), {}).bytes, entry(0, 0));
  EXPECT_EQ(convert(batch_of(stored), {.use = MessageSetUse::kFetch}).bytes, entry(1003, 8));
  const MessageSet produced = convert(batch_of(stored), {.codec = Codec::kLz4});
  EXPECT_EQ(unwrapped(produced, {.offset = 0, .timestamp_ms = 9500}, Codec::kLz4), entry(0, 0));
  const MessageSet fetched =
      convert(batch_of(stored), {.use = MessageSetUse::kFetch, .codec = Codec::kLz4});
  EXPECT_EQ(
      unwrapped(fetched, {.offset = 1003, .attributes = 8, .timestamp_ms = 9500}, Codec::kLz4),
      entry(0, 8));
}

TEST(DownConverterTest, NoTimestampStaysNone) {
  const MessageSet set = convert(golden::kNoTimestamp, {.codec = Codec::kGzip});
  EXPECT_EQ(unwrapped(set, {.offset = 0, .timestamp_ms = -1}, Codec::kGzip),
            set_of({{.timestamp_ms = -1, .key = "k", .value = "v"}}));
}

TEST(DownConverterTest, WhatIsDroppedIsReported) {
  const MessageSet plain = convert(golden::kPlain, {});
  EXPECT_EQ(plain.record_count, 5);
  EXPECT_EQ(plain.dropped_headers, 3);
  EXPECT_FALSE(plain.dropped_producer || plain.dropped_transactional || plain.changed_codec);
  EXPECT_EQ(plain.dropped_control_records, 0);

  const MessageSet transactional = convert(golden::kTransactional, {.codec = Codec::kSnappy});
  EXPECT_TRUE(transactional.dropped_producer);
  EXPECT_TRUE(transactional.dropped_transactional);
  EXPECT_TRUE(transactional.changed_codec);

  EXPECT_FALSE(plain.changed_timestamp_type || plain.dropped_delete_horizon);
  EXPECT_TRUE(convert(golden::kCompacted, {}).dropped_delete_horizon);

  const MessageSet control = convert(golden::kCommit, {});
  EXPECT_TRUE(control.bytes.empty());
  EXPECT_EQ(control.record_count, 0);
  EXPECT_EQ(control.dropped_control_records, 1);

  const MessageSet empty = convert(golden::kEmpty, {.codec = Codec::kGzip});
  EXPECT_TRUE(empty.bytes.empty());
  EXPECT_FALSE(empty.dropped_producer) << "there is no record that had one";
}

// What is said concerns the records from the first offset on, and nothing if there are none.
TEST(DownConverterTest, WhatIsNotWantedIsNotDropped) {
  const BatchView plain(golden::kPlain);
  const MessageSet last = convert(golden::kPlain, {.first_offset = plain.last_offset()});
  EXPECT_EQ(last.record_count, 1);
  EXPECT_EQ(last.dropped_headers, 0);

  const BatchView transactional(golden::kTransactional);
  const MessageSet none =
      convert(golden::kTransactional, {.first_offset = transactional.next_offset()});
  EXPECT_TRUE(none.bytes.empty());
  EXPECT_FALSE(none.dropped_producer || none.dropped_transactional || none.changed_codec);

  const BatchView commit(golden::kCommit);
  const MessageSet control = convert(golden::kCommit, {.first_offset = commit.next_offset()});
  EXPECT_EQ(control.dropped_control_records, 0);
}

TEST(DownConverterTest, AMalformedControlBatchIsNotPassedOver) {
  Buffer damaged = golden::kCommit;
  damaged[kBatchHeaderBytes] = 1;  // the record's length: -1
  MessageSet set;
  const auto malformed =
      convert_down(BatchView(damaged), ConstBytes(damaged).subspan(kBatchHeaderBytes), {}, set);
  ASSERT_TRUE(malformed);
  EXPECT_STREQ(malformed->what, "record length is negative");
  EXPECT_EQ(set.dropped_control_records, 0);
}

TEST(DownConverterTest, WhatFormat1CannotHoldIsNamed) {
  StoredBatch stored = compacted();
  stored.records[1].timestamp_delta_ms = -5002;
  EXPECT_STREQ(problem_of(stored, {}).what, "timestamp is below -1");
  EXPECT_EQ(problem_of(stored, {}).position, 11U) << "where the second record begins";
  stored.records[1].timestamp_delta_ms = -5001;
  EXPECT_STREQ(problem_of(stored, {}).what, "nothing") << "-1 is no timestamp";

  stored.records[1].offset_delta = 3;
  EXPECT_STREQ(problem_of(stored, {.use = MessageSetUse::kFetch}).what, "offsets do not increase");
  EXPECT_STREQ(problem_of(stored, {}).what, "nothing") << "a broker gives them others";

  stored.records[1].offset_delta = -1;
  EXPECT_STREQ(problem_of(stored, {}).what, "offset delta is negative");
}

}  // namespace
}  // namespace kmirror::protocol
