#include "protocol/wire/writer.h"

#include <gmock/gmock.h>

#include <numeric>
#include <string>

#include "base/join.h"
#include "protocol/messages/alter_client_quotas.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "protocol/wire/archive.h"

namespace kmirror::protocol {
namespace {

using Kind = WireError::Kind;

const Buffer kFirst = {1, 2, 3};
const Buffer kSecond = {4, 5};

ProduceRequest produce() {
  RecordsView records{kFirst};
  records.append(kSecond);
  ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 1000;
  request.topic_data.push_back({.name = "t", .partition_data = {}});
  request.topic_data[0].partition_data.push_back({.index = 7, .records = records});
  request.topic_data[0].partition_data.push_back({.index = 8, .records = RecordsView(kSecond)});
  return request;
}

TEST(Encoder, WritesAPlainVersion) {
  GatherBuffer out;
  ASSERT_FALSE(encode(produce(), 3, out));
  const Buffer expected = {0xFF, 0xFF,                      // no transactional id
                           0xFF, 0xFF, 0, 0, 3, 0xE8,       // acks, timeout
                           0,    0,    0, 1, 0, 1,    't',  // one topic
                           0,    0,    0, 2,                // two partitions
                           0,    0,    0, 7, 0, 0,    0,   5, 1, 2, 3, 4,
                           5,    0,    0, 0, 8, 0,    0,   0, 2, 4, 5};
  EXPECT_EQ(join(out.pieces()), expected);
  EXPECT_EQ(out.size(), expected.size());
  EXPECT_EQ(wire_size(produce(), 3), expected.size());
}

TEST(Encoder, WritesAFlexibleVersion) {
  GatherBuffer out;
  ASSERT_FALSE(encode(produce(), 9, out));
  const Buffer expected = {0,                                           // no transactional id
                           0xFF, 0xFF, 0,   0, 3, 0xE8,                 // acks, timeout
                           2,    2,    't',                             // one topic
                           3,                                           // two partitions
                           0,    0,    0,   7, 6, 1,    2, 3, 4, 5, 0,  //
                           0,    0,    0,   8, 3, 4,    5, 0, 0, 0};
  EXPECT_EQ(join(out.pieces()), expected);
  EXPECT_EQ(wire_size(produce(), 9), expected.size());
}

TEST(Encoder, RefersToRecordsAndCopiesTheRestIntoOneBuffer) {
  const Buffer first(kReferredBytesMin, 1);
  const Buffer second(kReferredBytesMin + 1, 2);
  RecordsView records{first};
  records.append(second);
  ProduceRequest request = produce();
  request.topic_data[0].partition_data[0].records = records;
  GatherBuffer out;
  ASSERT_FALSE(encode(request, 9, out));
  // Small fields, two slices, small fields with a small slice.
  ASSERT_THAT(out.pieces(), testing::SizeIs(4));
  EXPECT_EQ(out.pieces()[1].data(), first.data());
  EXPECT_EQ(out.pieces()[2].data(), second.data());
  const ConstBytes head = out.pieces()[0];
  EXPECT_EQ(out.pieces()[3].data(), head.data() + head.size());
  EXPECT_THAT(join(out.pieces().subspan(3)), testing::ElementsAre(0, 0, 0, 0, 8, 3, 4, 5, 0, 0, 0));
}

TEST(Encoder, OwnBytesAreNeverInOnePieceThatIsLarge) {
  const std::string name(10'000, 't');
  ProduceRequest request = produce();
  request.topic_data[0].name = name;
  for (int i = 0; i < 500; ++i) {
    request.topic_data[0].partition_data.push_back({.index = i, .records = RecordsView(kFirst)});
  }
  GatherBuffer out;
  ASSERT_FALSE(encode(request, 8, out));
  std::size_t bytes = 0;
  for (const ConstBytes piece : out.pieces()) {
    EXPECT_LE(piece.size(), GatherBuffer::kOwnPieceBytesMax);
    EXPECT_EQ(piece.data(), out.pieces()[0].data() + bytes);
    bytes += piece.size();
  }
  EXPECT_GT(bytes, 15'000u);
  EXPECT_EQ(bytes, out.size());
}

TEST(Encoder, ReplacesWhatTheBufferHeld) {
  GatherBuffer out;
  ASSERT_FALSE(encode(produce(), 9, out));
  const Buffer once = join(out.pieces());
  ASSERT_FALSE(encode(produce(), 9, out));
  EXPECT_EQ(join(out.pieces()), once);
}

TEST(Encoder, DropsIgnorableFieldsAndRefusesOthers) {
  FetchRequest request;
  GatherBuffer out;
  request.rack_id = "rack";  // since 11, ignorable
  EXPECT_FALSE(encode(request, 10, out));
  request.topics.emplace_back().partitions.emplace_back().last_fetched_epoch = 4;  // since 12, not
  const WireError error = encode(request, 11, out);
  EXPECT_EQ(error.kind, Kind::kFieldNotInVersion);
  EXPECT_EQ(error.path, "topics[0].partitions[0].lastFetchedEpoch");
  EXPECT_EQ(out.size(), 0);
  EXPECT_FALSE(encode(request, 12, out));
}

TEST(Encoder, ATaggedFieldIsAFieldLikeAnyOther) {
  FetchRequest request;
  request.replica_state.replica_id = 3;  // since 15, not ignorable
  GatherBuffer out;
  EXPECT_EQ(encode(request, 12, out).path, "replicaState");
  EXPECT_FALSE(encode(request, 15, out));
  const Buffer bytes = join(out.pieces());
  const Buffer expected_tail = {1, 1, 13, 0, 0, 0, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0};
  ASSERT_GE(bytes.size(), expected_tail.size());
  EXPECT_EQ(Buffer(bytes.end() - static_cast<long>(expected_tail.size()), bytes.end()),
            expected_tail);
}

TEST(Encoder, NullDependsOnTheVersion) {
  MetadataRequest request;
  request.topics.reset();
  GatherBuffer out;
  const WireError error = encode(request, 0, out);
  EXPECT_EQ(error.kind, Kind::kNullNotAllowed);
  EXPECT_EQ(error.path, "topics");
  EXPECT_FALSE(encode(request, 1, out));
  EXPECT_EQ(join(out.pieces()), (Buffer{0xFF, 0xFF, 0xFF, 0xFF}));
}

TEST(Encoder, RefusesStringsBeyondInt16) {
  const std::string name(32768, 'x');
  InitProducerIdRequest request;
  request.transactional_id = std::string_view(name).substr(1);
  GatherBuffer out;
  EXPECT_FALSE(encode(request, 0, out));
  request.transactional_id = name;
  for (const int version : {0, 4}) {
    const WireError error = encode(request, static_cast<std::int16_t>(version), out);
    EXPECT_EQ(error.kind, Kind::kBadLength);
    EXPECT_EQ(error.path, "transactionalId");
  }
}

TEST(Encoder, RefusesVersionsOutsideTheRange) {
  GatherBuffer out;
  for (const int version : {-1, 14}) {
    EXPECT_EQ(encode(produce(), static_cast<std::int16_t>(version), out).kind,
              Kind::kUnsupportedVersion);
  }
}

TEST(Encoder, MergesKnownAndUnknownTags) {
  const Buffer data = {'x'};
  ApiVersionsResponse response;
  response.finalized_features_epoch = 5;  // tag 1
  response.zk_migration_ready = true;     // tag 3
  response.unknown_tagged_fields = {{2, data}, {40, data}};
  GatherBuffer out;
  ASSERT_FALSE(encode(response, 3, out));
  const Buffer expected = {0, 0, 1,   0, 0, 0, 0,                //
                           4, 1, 8,   0, 0, 0, 0,  0, 0,  0, 5,  //
                           2, 1, 'x', 3, 1, 1, 40, 1, 'x'};
  EXPECT_EQ(join(out.pieces()), expected);
}

TEST(Encoder, RefusesTagsThatCannotBeWritten) {
  const Buffer data = {'x'};
  ApiVersionsResponse response;
  GatherBuffer out;
  response.unknown_tagged_fields = {{9, data}};
  EXPECT_EQ(encode(response, 2, out).kind, Kind::kFieldNotInVersion);
  response.unknown_tagged_fields = {{9, data}, {8, data}};
  EXPECT_EQ(encode(response, 3, out).kind, Kind::kBadTag);
  response.unknown_tagged_fields = {{3, data}};
  response.zk_migration_ready = true;  // tag 3 as well
  EXPECT_EQ(encode(response, 3, out).kind, Kind::kBadTag);
}

TEST(Encoder, WritesBytes) {
  DescribeGroupsResponse response;
  response.groups.emplace_back().members.emplace_back().member_metadata = kFirst;
  GatherBuffer out;
  ASSERT_FALSE(encode(response, 0, out));
  DescribeGroupsResponse read;
  const Buffer bytes = join(out.pieces());
  ASSERT_FALSE(decode(bytes, 0, read));
  EXPECT_THAT(read.groups[0].members[0].member_metadata, testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(read.groups[0].members[0].member_assignment, testing::IsEmpty());
}

TEST(Encoder, FloatsAreBigEndian) {
  AlterClientQuotasRequest request;
  request.entries.emplace_back().ops.push_back({.key = "k", .value = -2.5});
  GatherBuffer out;
  ASSERT_FALSE(encode(request, 0, out));
  const Buffer expected = {0,    0,    0, 1, 0, 0, 0,   0,  // one entry, no entity
                           0,    0,    0, 1, 0, 1, 'k',     // one operation
                           0xC0, 0x04, 0, 0, 0, 0, 0,   0, 0, 0};
  EXPECT_EQ(join(out.pieces()), expected);
  AlterClientQuotasRequest read;
  ASSERT_FALSE(decode(expected, 0, read));
  EXPECT_EQ(read.entries[0].ops[0].value, -2.5);
}

}  // namespace
}  // namespace kmirror::protocol
