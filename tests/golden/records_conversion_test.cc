// Record batches that Kafka's classes wrote, made into other formats by ours, against what their
// downConvert makes of them and against the records that went in.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "golden_records.h"
#include "proof.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/down_converter.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/splitter.h"

namespace kmirror::golden {
namespace {

using Json = nlohmann::json;
using compression::Codec;
using protocol::BatchReader;
using protocol::BatchView;
using protocol::LegacyMessageView;

constexpr std::size_t kLimitBytes = 1 << 20;

void append(Buffer& to, ConstBytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

protocol::MessageSet convert(const BatchView& batch, const protocol::DownConversion& wanted) {
  Buffer scratch;
  const protocol::OpenedBatch opened = open_batch(batch, kLimitBytes, scratch);
  EXPECT_EQ(opened.error, protocol::OpenError::kNone);
  protocol::MessageSet set;
  const auto malformed = convert_down(batch, opened.payload, wanted, set);
  EXPECT_FALSE(malformed) << malformed->what;
  return set;
}

// As a broker answers a consumer of format 1: batches are converted, messages are not touched.
Buffer down_converted(const GoldenRecords& records) {
  Buffer converted;
  for (const ConstBytes entry : whole_entries(records.bytes)) {
    if (!is_batch(entry)) {
      append(converted, entry);
    } else {
      const BatchView batch(entry);
      append(
          converted,
          convert(batch, {.use = protocol::MessageSetUse::kFetch, .codec = *batch.codec()}).bytes);
    }
  }
  return converted;
}

// What two wrappers must have in common: all but the compressed form of their messages.
struct Content {
  std::int64_t offset = 0;
  std::int8_t attributes = 0;
  std::int64_t timestamp_ms = 0;
  bool has_key = false;
  Buffer messages;

  bool operator==(const Content&) const = default;
};

std::vector<Content> content_of(const Buffer& message_set) {
  std::vector<Content> all;
  BatchReader reader(message_set);
  while (reader.next() == BatchReader::Step::kLegacy) {
    const LegacyMessageView message(reader.bytes());
    EXPECT_TRUE(message.ok() && message.is_crc_valid());
    Content content{.offset = message.offset(),
                    .attributes = message.attributes(),
                    .timestamp_ms = message.timestamp_ms(),
                    .has_key = message.key().has_value(),
                    .messages = {}};
    if (message.is_compressed() && message.magic() == 1) {
      EXPECT_EQ(decompress(*message.codec(), *message.value(), kLimitBytes, content.messages),
                compression::DecompressError::kNone);
    } else {
      append(content.messages, message.bytes());
    }
    all.push_back(std::move(content));
  }
  EXPECT_EQ(reader.next(), BatchReader::Step::kEnd);
  return all;
}

TEST(RecordsConversion, ConvertsDownAsJavaDoes) {
  Count bytes("of these messages to the same bytes");
  Count messages("messages converted down to format 1 as Java does");
  for (const GoldenRecords& records : golden_records()) {
    const bool is_old =
        records.name.starts_with("format 0") || records.name.starts_with("format 1");
    if (!records.format_1 || is_old) continue;
    SCOPED_TRACE(records.name);
    const Buffer converted = down_converted(records);
    const std::vector<Content> ours = content_of(converted);
    EXPECT_TRUE(ours == content_of(*records.format_1));
    messages.add(ours.size());
    if (records.name.find("none") == std::string::npos) continue;
    EXPECT_EQ(converted, *records.format_1);
    bytes.add(ours.size());
  }
}

TEST(RecordsConversion, TellsWhatFormat1HasNoPlaceFor) {
  Count converted("batches whose losses on the way to format 1 were counted");
  for (const GoldenEntry& entry : golden_batches()) {
    SCOPED_TRACE(entry.name);
    const BatchView batch(entry.bytes);
    const Json json = describe(entry.bytes);
    if (entry.name.find("before 1970") != std::string::npos) continue;  // the next test
    std::int64_t headers = 0;
    for (const Json& record : json["records"]) headers += std::ssize(record["headers"]);
    const protocol::MessageSet set = convert(batch, {.codec = Codec::kGzip});
    EXPECT_EQ(set.dropped_headers, headers);
    EXPECT_EQ(set.dropped_control_records, batch.is_control() ? json["records"].size() : 0);
    EXPECT_EQ(set.record_count, batch.is_control() ? 0 : json["records"].size());
    if (set.record_count > 0) {
      EXPECT_EQ(set.dropped_producer, json["producerId"] != -1);
      EXPECT_EQ(set.dropped_transactional, json["transactional"]);
      EXPECT_EQ(set.changed_codec, json["codec"] != "gzip");
    }
    converted.add(1);
  }
}

// Java throws for such times.
TEST(RecordsConversion, RefusesTimesBefore1970) {
  Count refused("batches with times that format 1 cannot have");
  for (const GoldenEntry& entry : golden_batches()) {
    if (entry.name.find("before 1970") == std::string::npos) continue;
    Buffer scratch;
    const BatchView batch(entry.bytes);
    const protocol::OpenedBatch opened = open_batch(batch, kLimitBytes, scratch);
    protocol::MessageSet set;
    const auto malformed = convert_down(batch, opened.payload, {}, set);
    ASSERT_TRUE(malformed);
    EXPECT_STREQ(malformed->what, "timestamp is below -1");
    EXPECT_TRUE(set.bytes.empty());
    refused.add(1);
  }
}

std::vector<OwnedRecord> renumbered(std::vector<OwnedRecord> records) {
  for (std::int64_t offset = 0; OwnedRecord & record : records) record.offset = offset++;
  return records;
}

std::int64_t max_timestamp_ms(const std::vector<OwnedRecord>& records) {
  std::int64_t max = records.front().timestamp_ms;
  for (const OwnedRecord& record : records) max = std::max(max, record.timestamp_ms);
  return max;
}

Buffer only_batch(protocol::Splitter& splitter) {
  const std::vector<protocol::SplitBatch> split = splitter.finish();
  EXPECT_EQ(split.size(), 1);
  Buffer bytes;
  for (const ConstBytes piece : split.at(0).batch.pieces) append(bytes, piece);
  return bytes;
}

// One partition, as compaction and changes of the codec need it.
TEST(RecordsConversion, RenumbersWhateverCompactionLeaves) {
  Count with_holes("of these batches with holes");
  Count batches("batches renumbered");
  for (const GoldenEntry& entry : golden_batches()) {
    SCOPED_TRACE(entry.name);
    const BatchView source(entry.bytes);
    if (source.is_control() || source.record_count() == 0) continue;
    Buffer scratch;
    const protocol::OpenedBatch opened = open_batch(source, kLimitBytes, scratch);
    protocol::Splitter splitter(1, *source.codec(), kLimitBytes);
    ASSERT_FALSE(splitter.add(source, opened.payload, 0, nullptr));
    const Buffer bytes = only_batch(splitter);
    const BatchView batch(bytes);
    const std::vector<OwnedRecord> records = read_records(entry.bytes);
    EXPECT_EQ(read_records(bytes), renumbered(records));
    EXPECT_FALSE(batch.has_holes());
    EXPECT_EQ(batch.attributes(), static_cast<int>(*source.codec()));
    EXPECT_EQ(batch.max_timestamp_ms(), max_timestamp_ms(records));
    batches.add(1);
    with_holes.add(source.has_holes() ? 1 : 0);
  }
}

void add(protocol::Splitter& splitter, ConstBytes entry) {
  const auto scratch = std::make_shared<Buffer>();
  if (is_batch(entry)) {
    const BatchView batch(entry);
    const protocol::OpenedBatch opened = open_batch(batch, kLimitBytes, *scratch);
    EXPECT_FALSE(splitter.add(batch, opened.payload, 0, scratch));
  } else {
    const LegacyMessageView message(entry);
    const protocol::OpenedBatch opened = open_message(message, kLimitBytes, *scratch);
    EXPECT_FALSE(splitter.add(message, opened.payload, 0));
  }
}

bool has_truncated_wrapper(const GoldenRecords& records) {
  return records.name.find("truncated inner") != std::string::npos;
}

// Java's consumer does not even say that a record is missing.
TEST(RecordsConversion, TakesNothingOfATruncatedWrapper) {
  Count refused("wrappers whose last message is cut off refused");
  for (const GoldenRecords& records : golden_records()) {
    if (!has_truncated_wrapper(records)) continue;
    Buffer scratch;
    const LegacyMessageView message(records.bytes);
    const protocol::OpenedBatch opened = open_message(message, kLimitBytes, scratch);
    protocol::Splitter splitter(1, Codec::kNone, kLimitBytes);
    const auto problem = splitter.add(message, opened.payload, 0);
    ASSERT_TRUE(problem) << records.name;
    EXPECT_STREQ(problem->what, "last message within the wrapper is cut off");
    EXPECT_TRUE(splitter.finish().empty());
    refused.add(1);
  }
}

// All of a case into one batch, whatever formats it has, by each codec.
TEST(RecordsConversion, ConvertsUpWhateverComes) {
  Count converted("records of all formats converted up to format 2");
  for (const GoldenRecords& records : golden_records()) {
    if (has_truncated_wrapper(records)) continue;
    SCOPED_TRACE(records.name);
    for (const Codec codec :
         {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
      protocol::Splitter splitter(1, codec, kLimitBytes);
      std::vector<OwnedRecord> expected;
      for (const ConstBytes entry : whole_entries(records.bytes)) {
        if (is_batch(entry) && BatchView(entry).is_control()) continue;
        add(splitter, entry);
        for (OwnedRecord& record : read_records(entry)) expected.push_back(std::move(record));
      }
      if (expected.empty()) continue;
      const Buffer batch = only_batch(splitter);
      EXPECT_EQ(BatchView(batch).codec(), codec);
      EXPECT_EQ(read_records(batch), renumbered(expected));
      converted.add(expected.size());
    }
  }
}

}  // namespace
}  // namespace kmirror::golden
