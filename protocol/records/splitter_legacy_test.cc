// Messages of format 0 and 1 on their way into batches of format 2.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/join.h"
#include "base/random.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/down_converter.h"
#include "protocol/records/golden_message_sets.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/partitioner.h"
#include "protocol/records/record_cursor.h"
#include "protocol/records/splitter.h"
#include "protocol/testing/message_set.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;
using testing::payload_of;
using testing::set_of;
using testing::StoredRecord;
using testing::wrapper_of;

constexpr std::size_t kLimit = 1 << 24;
constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

// Gives all entries of a message set to the splitter, as a lane does.
std::optional<Malformed> add(Splitter& splitter, ConstBytes set, std::int64_t first_offset = 0) {
  BatchReader reader(set);
  while (reader.next() == BatchReader::Step::kLegacy) {
    const LegacyMessageView message(reader.bytes());
    Buffer scratch;  // Gone before the batches are built: records are copied.
    const OpenedBatch opened = open_message(message, kLimit, scratch);
    EXPECT_EQ(opened.error, OpenError::kNone);
    if (auto problem = splitter.add(message, opened.payload, first_offset)) return problem;
  }
  EXPECT_EQ(reader.next(), BatchReader::Step::kEnd);
  return std::nullopt;
}

struct Built {
  std::int32_t partition = 0;
  std::int64_t base_timestamp_ms = 0;
  Buffer payload;
  bool operator==(const Built&) const = default;
};

std::vector<Built> finish(Splitter& splitter, Codec codec) {
  std::vector<Built> result;
  for (const SplitBatch& split : splitter.finish()) {
    Buffer batch = join(split.batch.pieces);
    const BatchView view(batch);
    EXPECT_EQ(view.codec(), codec);
    EXPECT_FALSE(view.has_holes());
    EXPECT_EQ(view.timestamp_type(), TimestampType::kCreateTime);
    Buffer scratch;
    const OpenedBatch opened = open_batch(view, kLimit, scratch);
    EXPECT_EQ(opened.error, OpenError::kNone);
    result.push_back({split.partition, view.base_timestamp_ms(),
                      Buffer(opened.payload.begin(), opened.payload.end())});
  }
  return result;
}

std::vector<Built> convert(ConstBytes set, Codec codec, std::int64_t first_offset = 0) {
  Splitter splitter(1, codec, kLimit);
  EXPECT_FALSE(add(splitter, set, first_offset));
  return finish(splitter, codec);
}

TEST(SplitterLegacyTest, WhatJavaWroteInEachCodec) {
  const std::vector<StoredRecord> timed = {
      {.timestamp_delta_ms = 0, .offset_delta = 0, .key = "a", .value = "one"},
      {.timestamp_delta_ms = 9000 - 5003, .offset_delta = 1, .key = "b", .value = std::nullopt},
      {.timestamp_delta_ms = 4993 - 5003, .offset_delta = 2, .key = std::nullopt, .value = ""}};
  std::vector<StoredRecord> untimed = timed;
  for (StoredRecord& record : untimed) record.timestamp_delta_ms = 0;
  const std::vector<Built> from_format_0 = {{0, -1, payload_of(untimed)}};
  const std::vector<Built> from_format_1 = {{0, 5003, payload_of(timed)}};
  const std::vector<Built> from_append_time = {{0, 77777, payload_of(untimed)}};
  for (const Codec codec : kCodecs) {
    SCOPED_TRACE(codec_name(codec));
    for (const Buffer* set :
         {&golden::kPlain0, &golden::kGzip0, &golden::kSnappy0, &golden::kLz40}) {
      EXPECT_EQ(convert(*set, codec), from_format_0);
    }
    for (const Buffer* set :
         {&golden::kPlain1, &golden::kGzip1, &golden::kSnappy1, &golden::kLz41}) {
      EXPECT_EQ(convert(*set, codec), from_format_1);
    }
    EXPECT_EQ(convert(golden::kAppendTime1, codec), from_append_time);
  }
}

TEST(SplitterLegacyTest, RecordsBelowTheFirstOffsetAreLeftOut) {
  for (const Buffer* set : {&golden::kPlain1, &golden::kLz41}) {
    const std::vector<Built> last = convert(*set, Codec::kNone, 1306);
    EXPECT_EQ(last,
              (std::vector<Built>{{0, 4993, payload_of({{.key = std::nullopt, .value = ""}})}}));
    EXPECT_TRUE(convert(*set, Codec::kNone, 1308).empty());
  }
}

TEST(SplitterLegacyTest, KeysGoWhereJavaPutsThem) {
  Buffer within;
  std::vector<std::string> keys;
  for (int i = 0; i < 100; ++i) keys.push_back("key" + std::to_string(i));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Buffer entry =
        set_of({{.offset = static_cast<std::int64_t>(i), .key = keys[i], .value = keys[i]}});
    within.insert(within.end(), entry.begin(), entry.end());
  }
  Splitter splitter(7, Codec::kNone, kLimit);
  EXPECT_FALSE(add(splitter, wrapper_of({.offset = 99}, Codec::kGzip, within)));
  std::size_t found = 0;
  for (const Built& built : finish(splitter, Codec::kNone)) {
    std::vector<StoredRecord> expected;
    for (const std::string& key : keys) {
      if (partition_for_key(as_bytes(key), 7) != built.partition) continue;
      expected.push_back(
          {.offset_delta = static_cast<std::int32_t>(expected.size()), .key = key, .value = key});
    }
    EXPECT_EQ(built.payload, payload_of(expected));
    found += expected.size();
  }
  EXPECT_EQ(found, keys.size());
}

TEST(SplitterLegacyTest, BatchesAreClosedAtTheLimit) {
  const std::string value(100, 'v');
  Buffer set;
  for (std::int64_t i = 0; i < 5; ++i) {
    const Buffer entry = set_of({{.offset = i, .value = value}});
    set.insert(set.end(), entry.begin(), entry.end());
  }
  Splitter splitter(1, Codec::kNone, 300);
  EXPECT_FALSE(add(splitter, set));
  std::vector<std::int32_t> counts;
  for (const SplitBatch& split : splitter.finish()) {
    EXPECT_LE(split.batch.size_bytes, 300U);
    counts.push_back(split.batch.record_count);
  }
  EXPECT_EQ(counts, (std::vector<std::int32_t>{2, 2, 1}));
}

TEST(SplitterLegacyTest, MalformedWrapperIsNotTakenAtAll) {
  Buffer within = set_of({{.offset = 0, .value = "a"}, {.offset = 1, .value = "b"}});
  within.back() ^= 1;
  Splitter splitter(1, Codec::kNone, kLimit);
  const auto problem = add(splitter, wrapper_of({.offset = 1}, Codec::kLz4, within));
  ASSERT_TRUE(problem);
  EXPECT_STREQ(problem->what, "message checksum is wrong");
  EXPECT_TRUE(splitter.finish().empty());
}

// Left out, it would be lost; and in format 1 the others would have wrong offsets.
TEST(SplitterLegacyTest, ATruncatedWrapperIsNotTakenAtAll) {
  for (const std::int8_t magic : {0, 1}) {
    const Buffer first = set_of({{.offset = 0, .magic = magic, .value = "a"}});
    Buffer within = first;
    const Buffer second = set_of({{.offset = 1, .magic = magic, .value = "b"}});
    within.insert(within.end(), second.begin(), second.end() - 1);
    Splitter splitter(1, Codec::kNone, kLimit);
    const auto problem =
        add(splitter, wrapper_of({.offset = 1, .magic = magic}, Codec::kLz4, within));
    ASSERT_TRUE(problem);
    EXPECT_STREQ(problem->what, "last message within the wrapper is cut off");
    EXPECT_EQ(problem->position, first.size());
    EXPECT_TRUE(splitter.finish().empty());
  }
}

// Nor one that can only be read, because it came from a client and not from a log.
TEST(SplitterLegacyTest, NegativeOffsetsAreNotTaken) {
  const Buffer good = set_of({{.offset = 8, .magic = 0, .value = "a"}});
  const Buffer bad = set_of({{.offset = -1, .magic = 0, .value = "b"}});
  Buffer within = good;
  within.insert(within.end(), bad.begin(), bad.end());
  struct Case {
    Buffer set;
    std::size_t position;
  };
  for (const Case& c :
       {Case{bad, 0}, Case{set_of({{.offset = -1}}), 0},
        Case{wrapper_of({.offset = 8, .magic = 0}, Codec::kGzip, within), good.size()}}) {
    Splitter splitter(1, Codec::kNone, kLimit);
    const auto problem = add(splitter, c.set);
    ASSERT_TRUE(problem);
    EXPECT_STREQ(problem->what, "offset is negative");
    EXPECT_EQ(problem->position, c.position);
    EXPECT_TRUE(splitter.finish().empty());
  }
}

TEST(SplitterLegacyTest, AWrapperWithoutValueSaysSo) {
  Splitter splitter(1, Codec::kNone, kLimit);
  const auto problem = add(splitter, set_of({{.attributes = 1}}));
  ASSERT_TRUE(problem);
  EXPECT_STREQ(problem->what, "wrapper has no value");
  EXPECT_EQ(problem->position, 30U);
}

// Down and up again is the batch without its headers, which have no place on the way.
TEST(SplitterLegacyTest, GoesBackToTheBatchThatItCameFrom) {
  constexpr Codec kOld[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4};
  Random random(4);
  for (int round = 0; round < 300; ++round) {
    testing::StoredBatch stored = {.base_offset = static_cast<std::int64_t>(random.below(3)) * 500,
                                   .base_timestamp_ms = 1'000'000};
    const std::size_t count = 1 + random.below(30);
    std::int32_t delta = 0;
    for (std::size_t i = 0; i < count; ++i) {
      delta += static_cast<std::int32_t>(random.below(3)) + (i > 0 ? 1 : 0);
      StoredRecord& record = stored.records.emplace_back();
      record.offset_delta = delta;
      record.timestamp_delta_ms = static_cast<std::int64_t>(random.below(2000)) - 1000;
      if (random.below(3) != 0) record.key = std::string(random.below(20), 'k');
      if (random.below(5) != 0) record.value = std::string(random.below(400), 'v');
    }
    stored.last_offset_delta = delta;
    const Buffer batch = testing::batch_of(stored);
    MessageSet set;
    const DownConversion wanted = {
        .use = random.below(2) == 0 ? MessageSetUse::kProduce : MessageSetUse::kFetch,
        .codec = kOld[random.below(4)]};
    ASSERT_FALSE(convert_down(BatchView(batch), BatchView(batch).payload(), wanted, set));
    for (std::size_t i = 0; i < count; ++i) {
      stored.records[i].offset_delta = static_cast<std::int32_t>(i);
    }
    const std::int64_t first_delta_ms = stored.records[0].timestamp_delta_ms;
    for (StoredRecord& record : stored.records) record.timestamp_delta_ms -= first_delta_ms;
    ASSERT_EQ(convert(set.bytes, Codec::kNone),
              (std::vector<Built>{{0, 1'000'000 + first_delta_ms, payload_of(stored.records)}}));
  }
}

}  // namespace
}  // namespace kmirror::protocol
