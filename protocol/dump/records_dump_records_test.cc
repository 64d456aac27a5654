// RecordsDump with the records of batches.
#include <gmock/gmock.h>

#include "protocol/dump/records_dump.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/golden_batches.h"
#include "protocol/records/legacy_message.h"
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

testing::Dumped dump(ConstBytes bytes, std::size_t max_record_bytes = kDefaultMaxRecordBytes) {
  testing::Dumped dumped;
  dumped.is_sound = dump_records(source_of(bytes, 1000), testing::output_to(dumped),
                                 {.records = true, .max_record_bytes = max_record_bytes});
  return dumped;
}

// The lines of records, without those of batches.
std::vector<json> records_of(const testing::Dumped& dumped) {
  std::vector<json> records;
  for (const json& line : dumped.lines) {
    if (line.contains("offset")) records.push_back(line);
  }
  return records;
}

Buffer with_right_crc(Buffer batch) {
  write_crc(batch);
  return batch;
}

TEST(RecordsDump, ALineForARecord) {
  const auto dumped = dump(golden::kPlain);
  EXPECT_TRUE(dumped.is_sound);
  EXPECT_THAT(dumped.reports, IsEmpty());
  ASSERT_EQ(dumped.lines.size(), 6u);
  EXPECT_EQ(dumped.lines[0]["baseOffset"], 1000);
  EXPECT_EQ(dumped.lines[1], json::parse(R"({
      "offset": 1000, "timestamp": 1700000000000, "timestampType": "CreateTime",
      "key": "k1", "value": "value one", "headers": []})"));
  EXPECT_EQ(dumped.lines[2], json::parse(R"({
      "offset": 1001, "timestamp": 1700000000005, "timestampType": "CreateTime",
      "key": null, "value": "value two", "headers": [
          {"key": "h1", "value": "x"}, {"key": "h2", "value": null}, {"key": "", "value": ""}]})"));
  EXPECT_EQ(dumped.lines[3]["value"], nullptr);
  EXPECT_EQ(dumped.lines[3]["timestamp"], 1699999999999);
  EXPECT_EQ(dumped.lines[4]["key"], "");
  EXPECT_EQ(dumped.lines[5]["value"], std::string(300, 'a'));
}

TEST(RecordsDump, TheSameRecordsFromEachCodec) {
  const auto plain = records_of(dump(golden::kPlain));
  ASSERT_EQ(plain.size(), 5u);
  for (const Buffer& batch : {golden::kGzip, golden::kSnappy, golden::kLz4, golden::kZstd}) {
    const auto dumped = dump(batch);
    EXPECT_TRUE(dumped.is_sound);
    EXPECT_EQ(records_of(dumped), plain) << dumped.lines[0]["compressCodec"];
  }
}

TEST(RecordsDump, RecordsHaveTheTimeThatConsumersSee) {
  const auto appended = records_of(dump(golden::kAppendTime));
  ASSERT_EQ(appended.size(), 2u);
  EXPECT_EQ(appended[0]["timestamp"], 1800000000000);
  EXPECT_EQ(appended[0]["timestampType"], "LogAppendTime");
  const auto compacted = records_of(dump(golden::kCompacted));
  ASSERT_EQ(compacted.size(), 2u);
  EXPECT_EQ(compacted[0]["timestamp"], 1700000000005);
  EXPECT_EQ(compacted[0]["offset"], 1001);
  EXPECT_EQ(records_of(dump(golden::kNoTimestamp))[0]["timestamp"], -1);
  EXPECT_THAT(records_of(dump(golden::kEmpty)), IsEmpty());
}

TEST(RecordsDump, ControlRecordsSayWhatTheyAre) {
  const auto records = records_of(dump(concat({golden::kAbort, golden::kCommit})));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0]["controlType"], "ABORT");
  EXPECT_EQ(records[0]["coordinatorEpoch"], 9);
  EXPECT_EQ(records[1]["controlType"], "COMMIT");
  EXPECT_EQ(records[1]["offset"], 51);
  Buffer other = golden::kCommit;
  other[kBatchHeaderBytes + 8] = 2;  // of the key, the type's lower byte
  EXPECT_EQ(records_of(dump(with_right_crc(other)))[0]["controlType"], "LEADER_CHANGE");
  EXPECT_EQ(records_of(dump(with_right_crc(other)))[0]["coordinatorEpoch"], nullptr);
  other[kBatchHeaderBytes + 8] = 77;
  EXPECT_EQ(records_of(dump(with_right_crc(other)))[0]["controlType"], "UNKNOWN");
}

TEST(RecordsDump, NoRecordsOfABatchWithAWrongChecksum) {
  Buffer damaged = golden::kPlain;
  damaged.back() ^= 1;
  const auto dumped = dump(concat({damaged, golden::kZstd}));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_THAT(dumped.reports, ElementsAre("1: byte 0: the checksum is wrong"));
  EXPECT_EQ(dumped.lines[0]["isValid"], false);
  EXPECT_EQ(dumped.lines[1]["isValid"], true);
  EXPECT_EQ(dumped.lines.size(), 7u);
}

TEST(RecordsDump, OfACutBatchTheRecordsThatAreThere) {
  const auto whole = records_of(dump(golden::kPlain));
  const auto dumped = dump(ConstBytes(golden::kPlain).first(100));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_EQ(dumped.lines[0]["isValid"], false);
  EXPECT_THAT(records_of(dumped), ElementsAre(whole[0]));
  EXPECT_THAT(dumped.reports,
              ElementsAre("2: byte 0: the batch is cut: the input ends at byte 100"));
}

TEST(RecordsDump, AMalformedRecordConcernsItsBatch) {
  Buffer uncompressed = golden::kPlain;
  uncompressed[kBatchHeaderBytes + 18] = 1;  // the second record's length: -1
  const Buffer bytes = concat({golden::kGzip, with_right_crc(uncompressed), golden::kZstd});
  const auto dumped = dump(bytes);
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_EQ(records_of(dumped).size(), 5u + 1 + 5);
  EXPECT_THAT(dumped.reports, ElementsAre("8: byte 233: record length is negative, in the batch "
                                          "that begins at byte 154"));
}

TEST(RecordsDump, ALargeRecordOfACompressedBatchIsPassedOver) {
  const auto dumped = dump(concat({golden::kZstd, golden::kPlain}), 300);
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_EQ(records_of(dumped).size(), 4u + 5);
  EXPECT_THAT(dumped.reports, ElementsAre("5: byte 0: record is larger than is allowed "
                                          "(max-record-bytes=300), at byte 64 of the "
                                          "decompressed records"));
}

TEST(RecordsDump, AHeaderThatCannotBeIsTold) {
  Buffer negative = golden::kPlain;
  negative[0] = 0xff;
  const auto dumped = dump(concat({negative, golden::kPlain}));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_EQ(records_of(dumped).size(), 5u);
  EXPECT_THAT(dumped.reports, ElementsAre("1: byte 0: base offset is negative"));
}

TEST(RecordsDump, MessagesAreRecords) {
  const auto dumped = dump(testing::set_of(
      {{.offset = 20, .magic = 0, .key = "k", .value = "v"},
       {.offset = 21, .magic = 1, .attributes = 8, .timestamp_ms = 5, .value = ""}}));
  EXPECT_TRUE(dumped.is_sound);
  EXPECT_EQ(dumped.lines.size(), 4u);
  EXPECT_THAT(records_of(dumped), ElementsAre(json::parse(R"({
      "offset": 20, "timestamp": -1, "timestampType": "NoTimestampType", "key": "k", "value": "v",
      "headers": []})"),
                                              json::parse(R"({
      "offset": 21, "timestamp": 5, "timestampType": "LogAppendTime", "key": null, "value": "",
      "headers": []})")));
}

const Buffer kInner = testing::set_of({{.offset = 0, .timestamp_ms = 5, .value = "one"},
                                       {.offset = 2, .timestamp_ms = 6, .value = "two"}});

TEST(RecordsDump, MessagesWithinAWrapperHaveTheirOffsetsInTheLog) {
  const auto dumped =
      dump(testing::wrapper_of({.offset = 52}, compression::Codec::kSnappy, kInner));
  EXPECT_TRUE(dumped.is_sound);
  EXPECT_EQ(dumped.lines[0]["lastOffset"], 52);
  EXPECT_EQ(dumped.lines[0]["compressCodec"], "snappy");
  const auto records = records_of(dumped);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0]["offset"], 50);
  EXPECT_EQ(records[1]["offset"], 52);
  EXPECT_EQ(records[1]["timestamp"], 6);
}

TEST(RecordsDump, WhatIsWrongWithMessagesIsTold) {
  const auto wrapped = [](ConstBytes set) {
    return testing::wrapper_of({.offset = 52}, compression::Codec::kGzip, set);
  };
  Buffer bad_inner = kInner;
  bad_inner.back() ^= 1;
  Buffer bad_key = testing::entry_of({.offset = 1, .value = "v"});
  bad_key[message_field::kTimestamp + 8] = 0x80;
  testing::mend_crc(bad_key);
  const std::pair<Buffer, std::string> cases[] = {
      {wrapped(bad_inner),
       "2: byte 0: message checksum is wrong, at byte 49 of the decompressed "
       "records"},
      {wrapped(ConstBytes(kInner).first(kInner.size() - 1)),
       "2: byte 0: the last message within is cut"},
      {bad_key, "1: byte 26: bad message key, in the batch that begins at byte 0"},
  };
  for (const auto& [bytes, report] : cases) {
    const auto dumped = dump(concat({bytes, golden::kPlain}));
    EXPECT_FALSE(dumped.is_sound);
    EXPECT_THAT(dumped.reports, ElementsAre(report));
    EXPECT_EQ(dumped.lines.back()["offset"], 1004);
  }
  const std::string large = "1: byte 0: record is larger than is allowed (max-record-bytes=30), ";
  EXPECT_THAT(dump(wrapped(kInner), 30).reports,
              ElementsAre(large + "at byte 0 of the decompressed records",
                          large + "at byte 37 of the decompressed records"));
}

}  // namespace
}  // namespace kmirror::protocol
