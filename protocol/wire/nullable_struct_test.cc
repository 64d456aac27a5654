// Structs that may be null, in all archives.
#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "base/join.h"
#include "protocol/messages/consumer_group_heartbeat.h"
#include "protocol/messages/describe_topic_partitions.h"
#include "protocol/wire/archive.h"
#include "protocol/wire/decoder.h"
#include "protocol/wire/diff.h"
#include "protocol/wire/json_writer.h"
#include "protocol/wire/printer.h"
#include "protocol/wire/schema_dump.h"
#include "protocol/wire/writer.h"

namespace kmirror::protocol {
namespace {

using Kind = WireError::Kind;

// No topics, a limit of 2000.
const Buffer kHead = {1, 0, 0, 7, 0xD0};

Buffer with_tail(const Buffer& tail) {
  Buffer bytes = kHead;
  bytes.insert(bytes.end(), tail.begin(), tail.end());
  return bytes;
}

const Buffer kNull = with_tail({0xFF, 0});
const Buffer kPresent = with_tail({1, 2, 't', 0, 0, 0, 7, 0, 0});

TEST(NullableStruct, IsRead) {
  DescribeTopicPartitionsRequest request;
  ASSERT_FALSE(decode(kPresent, 0, request));
  ASSERT_TRUE(request.cursor.has_value());
  EXPECT_EQ(request.cursor->topic_name, "t");
  EXPECT_EQ(request.cursor->partition_index, 7);
  ASSERT_FALSE(decode(kNull, 0, request));
  EXPECT_FALSE(request.cursor.has_value());
}

TEST(NullableStruct, IsWritten) {
  DescribeTopicPartitionsRequest request;
  GatherBuffer out;
  ASSERT_FALSE(encode(request, 0, out));
  EXPECT_EQ(join(out.pieces()), kNull);
  EXPECT_EQ(wire_size(request, 0), kNull.size());
  request.cursor = {.topic_name = "t", .partition_index = 7};
  ASSERT_FALSE(encode(request, 0, out));
  EXPECT_EQ(join(out.pieces()), kPresent);
  EXPECT_EQ(wire_size(request, 0), kPresent.size());
}

TEST(NullableStruct, ErrorsHaveTheirPath) {
  DescribeTopicPartitionsRequest request;
  WireError error = decode(kHead, 0, request);
  EXPECT_EQ(error.kind, Kind::kTruncated);
  EXPECT_EQ(error.path, "cursor");
  EXPECT_EQ(error.offset, kHead.size());
  error = decode(with_tail({1, 9, 't'}), 0, request);
  EXPECT_EQ(error.kind, Kind::kTruncated);
  EXPECT_EQ(error.path, "cursor.topicName");
  EXPECT_EQ(error.offset, kHead.size() + 1);
}

TEST(NullableStruct, IsShown) {
  DescribeTopicPartitionsRequest request;
  EXPECT_EQ(to_json(request, 0), R"({"topics":[],"responsePartitionLimit":2000,"cursor":null})");
  request.cursor = {.topic_name = "t", .partition_index = 7};
  EXPECT_EQ(to_json(request, 0), R"({"topics":[],"responsePartitionLimit":2000,)"
                                 R"("cursor":{"topicName":"t","partitionIndex":7}})");
  EXPECT_EQ(print(request, 0),
            R"(topics=[] responsePartitionLimit=2000 cursor={topicName="t" partitionIndex=7})");
}

TEST(NullableStruct, IsCompared) {
  DescribeTopicPartitionsRequest a;
  DescribeTopicPartitionsRequest b;
  b.cursor = {.topic_name = "t", .partition_index = 7};
  EXPECT_THAT(diff(a, b, 0),
              testing::ElementsAre(R"(cursor: null, {topicName="t" partitionIndex=7})"));
  a.cursor = {.topic_name = "t", .partition_index = 8};
  EXPECT_THAT(diff(a, b, 0), testing::ElementsAre("cursor.partitionIndex: 8, 7"));
  b.cursor = a.cursor;
  EXPECT_THAT(diff(a, b, 0), testing::IsEmpty());
}

TEST(NullableStruct, IsNullByDefault) {
  const std::vector<SchemaField> fields = schema_of<ConsumerGroupHeartbeatResponse>();
  const SchemaField& assignment = fields.back();
  EXPECT_EQ(assignment.name, "assignment");
  EXPECT_EQ(assignment.type, "struct");
  EXPECT_EQ(assignment.default_value, "null");
  EXPECT_TRUE(assignment.can_be_null);
  ASSERT_THAT(assignment.fields, testing::SizeIs(1));
  EXPECT_EQ(assignment.fields[0].name, "topicPartitions");
}

// What no message has so far: a field that came later, and may be null later still.
struct Inner {
  std::int8_t value = 0;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) { a.field("value", m.value); }
};

struct Outer {
  std::optional<Inner> inner;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("inner", m.inner, since(1) | nullable_since(2));
  }
};

WireError write(const Outer& outer, std::int16_t version, Buffer& bytes) {
  GatherBuffer out;
  out.reset(8);
  BufferSink sink(out);
  Writer<BufferSink> writer(sink, version, false);
  WireError error = writer.run(outer);
  bytes = join(out.pieces());
  return error;
}

TEST(NullableStruct, HasNoByteBeforeItWhereItCannotBeNull) {
  const Outer set{.inner = Inner{.value = 5}};
  Buffer bytes;
  ASSERT_FALSE(write(set, 1, bytes));
  EXPECT_EQ(bytes, Buffer{5});
  Outer read;
  ASSERT_FALSE(Decoder(bytes, 1, false).run(read));
  EXPECT_EQ(read.inner.value().value, 5);
  ASSERT_FALSE(write(set, 2, bytes));
  EXPECT_EQ(bytes, (Buffer{1, 5}));
}

TEST(NullableStruct, IsRefusedWhereTheVersionCannotCarryIt) {
  Buffer bytes;
  EXPECT_EQ(write(Outer{}, 1, bytes).kind, Kind::kNullNotAllowed);
  const Outer set{.inner = Inner{.value = 5}};
  EXPECT_EQ(write(set, 0, bytes).kind, Kind::kFieldNotInVersion);
  EXPECT_FALSE(write(Outer{}, 0, bytes));
}

}  // namespace
}  // namespace kmirror::protocol
