#include "protocol/dump/records_dump.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "protocol/records/golden_batches.h"
#include "protocol/testing/byte_source.h"
#include "protocol/testing/dumped.h"
#include "protocol/testing/message_set.h"

namespace kmirror::protocol {
namespace {

using nlohmann::json;
using testing::concat;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::source_of;

testing::Dumped dump(ConstBytes bytes, const DumpOptions& options = {}) {
  testing::Dumped dumped;
  dumped.is_sound = dump_records(source_of(bytes, 1000), testing::output_to(dumped), options);
  return dumped;
}

TEST(RecordsDump, ALineForABatch) {
  const auto dumped = dump(concat({golden::kPlain, golden::kTransactional}));
  EXPECT_TRUE(dumped.is_sound);
  EXPECT_THAT(dumped.reports, IsEmpty());
  ASSERT_EQ(dumped.lines.size(), 2u);
  EXPECT_EQ(dumped.lines[1], json::parse(R"({
      "baseOffset": 1000, "lastOffset": 1001, "count": 2, "baseSequence": 42, "lastSequence": 43,
      "producerId": 4711, "producerEpoch": 3, "partitionLeaderEpoch": 7, "isTransactional": true,
      "isControl": false, "deleteHorizonMs": null, "position": 437, "timestampType": "CreateTime",
      "maxTimestamp": 6, "size": 79, "magic": 2, "compressCodec": "none", "crc": 3674518062,
      "isValid": true})"));
}

TEST(RecordsDump, WhatVariesBetweenBatches) {
  const auto of = [](const Buffer& batch, const char* key) { return dump(batch).lines[0][key]; };
  EXPECT_EQ(of(golden::kPlain, "lastSequence"), -1);
  EXPECT_EQ(of(golden::kAppendTime, "timestampType"), "LogAppendTime");
  EXPECT_EQ(of(golden::kAppendTime, "maxTimestamp"), 1800000000000);
  EXPECT_EQ(of(golden::kCompacted, "deleteHorizonMs"), 100999);
  EXPECT_EQ(of(golden::kCompacted, "count"), 2);
  EXPECT_EQ(of(golden::kEmpty, "count"), 0);
  EXPECT_EQ(of(golden::kEmpty, "lastOffset"), 109);
  EXPECT_EQ(of(golden::kAbort, "isControl"), true);
  EXPECT_EQ(of(golden::kZstd, "compressCodec"), "zstd");
  Buffer batch = golden::kTransactional;
  store_be<std::int32_t>(batch.data() + batch_field::kBaseSequence, 0x7fffffff);
  EXPECT_EQ(of(batch, "lastSequence"), 0);
  batch[batch_field::kAttributes + 1] = 7;
  EXPECT_EQ(of(batch, "compressCodec"), "unknown");
}

TEST(RecordsDump, ALineForAMessageHasTheSameKeys) {
  const Buffer set =
      testing::set_of({{.offset = 20, .magic = 0, .key = "k", .value = "v"},
                       {.offset = 21, .magic = 1, .attributes = 8, .timestamp_ms = 5}});
  const auto dumped = dump(concat({golden::kPlain, set}));
  EXPECT_TRUE(dumped.is_sound);
  ASSERT_EQ(dumped.lines.size(), 3u);
  for (const auto& line : dumped.lines) {
    EXPECT_TRUE(line["isValid"]);
    ASSERT_EQ(line.size(), dumped.lines[0].size());
    for (const auto& [key, value] : dumped.lines[0].items()) EXPECT_TRUE(line.contains(key)) << key;
  }
  const auto text = [](json line) {
    line.erase("crc");
    std::erase_if(line.get_ref<json::object_t&>(),
                  [](auto& item) { return item.second.is_null(); });
    return line;
  };
  EXPECT_EQ(text(dumped.lines[1]), json::parse(R"({
      "lastOffset": 20, "position": 437, "timestampType": "NoTimestampType", "maxTimestamp": -1,
      "size": 28, "magic": 0, "compressCodec": "none", "isValid": true})"));
  EXPECT_EQ(text(dumped.lines[2]), json::parse(R"({
      "lastOffset": 21, "position": 465, "timestampType": "LogAppendTime", "maxTimestamp": 5,
      "size": 34, "magic": 1, "compressCodec": "none", "isValid": true})"));
}

TEST(RecordsDump, AWrongChecksumConcernsOneBatch) {
  for (Buffer damaged : {golden::kPlain, testing::set_of({{.offset = 3, .value = "v"}})}) {
    damaged.back() ^= 1;
    const auto dumped = dump(concat({golden::kZstd, damaged, golden::kGzip}));
    EXPECT_FALSE(dumped.is_sound);
    EXPECT_THAT(dumped.reports, ElementsAre("2: byte 154: the checksum is wrong"));
    ASSERT_EQ(dumped.lines.size(), 3u);
    EXPECT_EQ(dumped.lines[1]["isValid"], false);
    EXPECT_EQ(dumped.lines[2]["isValid"], true);
  }
}

TEST(RecordsDump, ACutIsTold) {
  const Buffer bytes = concat({golden::kPlain, golden::kZstd});
  auto dumped = dump(ConstBytes(bytes).first(437 + 100));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_THAT(dumped.reports,
              ElementsAre("2: byte 437: the batch is cut: the input ends at byte 537"));
  EXPECT_EQ(dumped.lines[1]["isValid"], false);
  dumped = dump(ConstBytes(bytes).first(437 + 60));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_THAT(dumped.reports,
              ElementsAre("1: byte 437: the batch is cut: the input ends at byte 497"));
}

TEST(RecordsDump, PaddingIsAnEnd) {
  const auto dumped = dump(concat({golden::kPlain, Buffer(5000, 0)}));
  EXPECT_TRUE(dumped.is_sound);
  EXPECT_EQ(dumped.lines.size(), 1u);
  EXPECT_THAT(dumped.reports, ElementsAre("1: byte 437: the rest is padding, 5000 zero bytes"));
}

TEST(RecordsDump, ABadLengthEndsIt) {
  Buffer bad = golden::kPlain;
  store_be<std::int32_t>(bad.data() + batch_field::kBatchLength, -1);
  const auto dumped = dump(concat({golden::kPlain, bad, golden::kPlain}));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_EQ(dumped.lines.size(), 1u);
  EXPECT_THAT(dumped.reports, ElementsAre("1: byte 437: batch length is too small"));
}

TEST(RecordsDump, EndsWhenNobodyReads) {
  Buffer bytes;
  for (int i = 0; i < 2000; ++i) {
    bytes.insert(bytes.end(), golden::kZstd.begin(), golden::kZstd.end());
  }
  std::size_t taken = 0;
  int writes = 0;
  auto source = source_of(bytes, 1000);
  const auto counting_source = [&](MutableBytes room) {
    const std::size_t got = source.read(room);
    taken += got;
    return got;
  };
  const DumpOutput output{
      .write = [&](std::string_view) { return ++writes < 2; },
      .report = [](std::string_view sentence) { FAIL() << sentence; },
  };
  EXPECT_TRUE(dump_records({.read = counting_source}, output, {}));
  EXPECT_EQ(writes, 2);
  EXPECT_LT(taken, bytes.size());
}

}  // namespace
}  // namespace kmirror::protocol
