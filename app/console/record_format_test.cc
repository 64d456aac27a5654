#include "app/console/record_format.h"

#include <gtest/gtest.h>

#include "base/join.h"
#include "protocol/records/batch_builder.h"

namespace kmirror::app {
namespace {

using Properties = std::map<std::string, std::string>;

struct Sample {
  std::optional<std::string_view> key, value;
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> headers;
};

std::optional<ConstBytes> bytes_of(const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return as_bytes(*text);
}

// Builds a batch, so that the record is one as it comes from a broker.
std::string print(const Sample& sample, const Properties& properties,
                  protocol::TimestampType type = protocol::TimestampType::kCreateTime) {
  std::vector<protocol::RecordHeader> headers;
  for (const auto& [key, value] : sample.headers) {
    headers.push_back({.key = as_bytes(key), .value = bytes_of(value)});
  }
  protocol::BatchBuilder builder(compression::Codec::kNone);
  builder.append(123, bytes_of(sample.key), bytes_of(sample.value), headers);
  const protocol::BuiltBatch batch = builder.finish();
  Buffer bytes = join(batch.pieces);
  protocol::RecordCursor cursor(protocol::BatchView(bytes).payload(), 1);
  protocol::RecordView record;
  EXPECT_TRUE(cursor.next(record));
  std::string out;
  RecordFormat(properties)
      .append({.partition = 7, .offset = 42, .timestamp_ms = 123, .timestamp_type = type}, record,
              out);
  return out;
}

// Expected texts are what kafka-console-consumer.sh of Kafka 3.9 prints.
TEST(RecordFormat, PrintsAsKafkaDoes) {
  struct Case {
    Properties properties;
    std::string expected;
  };
  const Sample sample{.key = "k", .value = "v", .headers = {{"a", "1"}, {"b", std::nullopt}}};
  const Case cases[] = {
      {{}, "v\n"},
      {{{"print.key", "true"}}, "k\tv\n"},
      {{{"print.key", "TRUE"}, {"print.value", "false"}}, "k\n"},
      {{{"print.timestamp", "true"}}, "CreateTime:123\tv\n"},
      {{{"print.partition", "true"}}, "Partition:7\tv\n"},
      {{{"print.offset", "true"}}, "Offset:42\tv\n"},
      {{{"print.headers", "true"}}, "a:1,b:null\tv\n"},
      {{{"print.headers", "true"}, {"headers.separator", ";"}, {"null.literal", "-"}},
       "a:1;b:-\tv\n"},
      {{{"print.offset", "true"}, {"print.value", "false"}}, "Offset:42\n"},
      {{{"print.key", "true"}, {"key.separator", " | "}, {"line.separator", "@"}}, "k | v@"},
      {{{"print.timestamp", "true"},
        {"print.partition", "true"},
        {"print.offset", "true"},
        {"print.headers", "true"},
        {"print.key", "true"}},
       "CreateTime:123\tPartition:7\tOffset:42\ta:1,b:null\tk\tv\n"},
      {{{"print.value", "false"}}, ""},
  };
  for (const Case& each : cases) EXPECT_EQ(print(sample, each.properties), each.expected);
}

TEST(RecordFormat, NothingThere) {
  const Sample none{.key = std::nullopt, .value = std::nullopt, .headers = {}};
  const Properties all = {{"print.headers", "true"}, {"print.key", "true"}};
  EXPECT_EQ(print(none, all), "NO_HEADERS\tnull\tnull\n");
  EXPECT_EQ(print({.key = "", .value = "", .headers = {}}, all), "NO_HEADERS\t\t\n");
}

TEST(RecordFormat, TimestampOfTheLog) {
  const Sample sample{.key = std::nullopt, .value = "v", .headers = {}};
  EXPECT_EQ(print(sample, {{"print.timestamp", "true"}}, protocol::TimestampType::kLogAppendTime),
            "LogAppendTime:123\tv\n");
}

}  // namespace
}  // namespace kmirror::app
