#include "protocol/wire/decoder.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "protocol/messages/api_versions.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"
#include "protocol/wire/archive.h"

namespace kmirror::protocol {
namespace {

using Kind = WireError::Kind;

// A Fetch response of version 0: one topic, one partition with five bytes of records.
Buffer fetch_v0() {
  return {0, 0, 0,   1,                  // topics
          0, 1, 't',                     // name
          0, 0, 0,   1,                  // partitions
          0, 0, 0,   3, 0, 6,            // index, error code
          0, 0, 0,   0, 0, 0, 0, 9,      // high watermark
          0, 0, 0,   5, 1, 2, 3, 4, 5};  // records
}

TEST(Decoder, ReadsAViewOfTheFrame) {
  const Buffer frame = fetch_v0();
  FetchResponse response;
  const WireError error = decode(frame, 0, response);
  ASSERT_FALSE(error) << error.to_string();
  ASSERT_THAT(response.responses, testing::SizeIs(1));
  EXPECT_EQ(response.responses[0].topic, "t");
  ASSERT_THAT(response.responses[0].partitions, testing::SizeIs(1));
  const FetchResponse::Partition& partition = response.responses[0].partitions[0];
  EXPECT_EQ(partition.partition_index, 3);
  EXPECT_EQ(partition.error_code, ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(partition.high_watermark, 9);
  ASSERT_TRUE(partition.records.has_value());
  EXPECT_EQ(partition.records->bytes().data(), frame.data() + frame.size() - 5);
  EXPECT_EQ(partition.records->size(), 5);
}

TEST(Decoder, FieldsThatTheVersionLacksKeepTheirDefaults) {
  const Buffer frame = fetch_v0();
  FetchResponse response;
  response.session_id = 77;  // of an earlier use
  ASSERT_FALSE(decode(frame, 0, response));
  EXPECT_EQ(response.session_id, 0);
  EXPECT_EQ(response.responses[0].partitions[0].last_stable_offset, -1);
  EXPECT_EQ(response.responses[0].partitions[0].preferred_read_replica, -1);
}

TEST(Decoder, EveryPrefixIsTruncated) {
  const Buffer frame = fetch_v0();
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const Buffer prefix(frame.begin(), frame.begin() + static_cast<long>(size));
    FetchResponse response;
    EXPECT_EQ(decode(prefix, 0, response).kind, Kind::kTruncated) << size;
  }
}

struct Malformed {
  std::string what;
  Buffer frame;
  Kind kind;
  std::size_t offset;
  std::string path;
};

class MalformedFetch : public testing::TestWithParam<Malformed> {};

// Frames of version 0.
TEST_P(MalformedFetch, IsAnErrorWithItsPlace) {
  FetchResponse response;
  const WireError error = decode(GetParam().frame, 0, response);
  EXPECT_EQ(error.kind, GetParam().kind) << error.to_string();
  EXPECT_EQ(error.offset, GetParam().offset);
  EXPECT_EQ(error.path, GetParam().path);
}

Buffer changed(std::size_t at, std::uint8_t value) {
  Buffer frame = fetch_v0();
  frame[at] = value;
  return frame;
}

Buffer longer() {
  Buffer frame = fetch_v0();
  frame.push_back(0);
  return frame;
}

INSTANTIATE_TEST_SUITE_P(
    Decoder, MalformedFetch,
    testing::Values(
        Malformed{"more topics than bytes", changed(0, 0x7F), Kind::kTruncated, 0, "responses"},
        Malformed{"a negative count", changed(0, 0x80), Kind::kBadLength, 0, "responses"},
        Malformed{"null topics", {0xFF, 0xFF, 0xFF, 0xFF}, Kind::kNullNotAllowed, 0, "responses"},
        Malformed{"one topic too many", changed(3, 2), Kind::kTruncated, 34, "responses[1].topic"},
        Malformed{"a long name", changed(4, 1), Kind::kTruncated, 4, "responses[0].topic"},
        Malformed{"a name of negative length", changed(4, 0x90), Kind::kBadLength, 4,
                  "responses[0].topic"},
        Malformed{"records beyond the end", changed(28, 6), Kind::kTruncated, 25,
                  "responses[0].partitions[0].records"},
        Malformed{"a byte too many", longer(), Kind::kTrailingBytes, 34, ""}),
    [](const auto& info) {
      std::string name = info.param.what;
      std::ranges::replace(name, ' ', '_');
      return name;
    });

TEST(Decoder, ErrorsReadWell) {
  FetchResponse response;
  EXPECT_EQ(decode(changed(28, 6), 0, response).to_string(),
            "responses[0].partitions[0].records: the bytes end inside the field (byte 25)");
  EXPECT_EQ(decode(longer(), 0, response).to_string(),
            "message: bytes are left after the last field (byte 34)");
  EXPECT_EQ(WireError().to_string(), "no error");
}

TEST(Decoder, RefusesVersionsOutsideTheRange) {
  for (const int version : {-1, 19}) {
    FetchResponse response;
    const WireError error = decode(fetch_v0(), static_cast<std::int16_t>(version), response);
    EXPECT_EQ(error.kind, Kind::kUnsupportedVersion);
  }
}

TEST(Decoder, NullDependsOnTheVersion) {
  const Buffer null_topics = {0xFF, 0xFF, 0xFF, 0xFF};
  MetadataRequest request;
  EXPECT_EQ(decode(null_topics, 0, request).kind, Kind::kNullNotAllowed);
  ASSERT_FALSE(decode(null_topics, 1, request));
  EXPECT_FALSE(request.topics.has_value());
}

// ApiVersions v3: error, no keys, throttle time, then the tagged fields under test.
WireError decode_tags(const Buffer& tags, ApiVersionsResponse& out) {
  Buffer frame = {0, 0, 1, 0, 0, 0, 0};
  frame.insert(frame.end(), tags.begin(), tags.end());
  // The views in `out` are into `frame`, so only sizes and numbers may be looked at afterwards.
  return decode(frame, 3, out);
}

TEST(Decoder, TaggedFieldsKnownAndUnknown) {
  ApiVersionsResponse response;
  const Buffer tags = {2, 1, 8, 0, 0, 0, 0, 0, 0, 0, 5, 9, 2, 'h', 'i'};
  const WireError error = decode_tags(tags, response);
  ASSERT_FALSE(error) << error.to_string();
  EXPECT_EQ(response.finalized_features_epoch, 5);
  ASSERT_THAT(response.unknown_tagged_fields, testing::SizeIs(1));
  EXPECT_EQ(response.unknown_tagged_fields[0].tag, 9);
  EXPECT_EQ(response.unknown_tagged_fields[0].data.size(), 2);
}

TEST(Decoder, MalformedTags) {
  const struct {
    const char* what;
    Buffer tags;
    Kind kind;
    const char* path;
  } cases[] = {
      {"more tags than bytes", {5}, Kind::kTruncated, ""},
      {"descending", {2, 9, 0, 8, 0}, Kind::kBadTag, ""},
      {"twice", {2, 9, 0, 9, 0}, Kind::kBadTag, ""},
      {"a size beyond the end", {1, 9, 3, 1, 2}, Kind::kTruncated, ""},
      {"a known field beyond its size",
       {1, 1, 4, 0, 0, 0, 0, 0, 0, 0, 5},
       Kind::kTruncated,
       "finalizedFeaturesEpoch"},
      {"a known field short of its size", {1, 3, 2, 1, 1}, Kind::kBadLength, ""},
      {"an endless varint", {0x80, 0x80, 0x80, 0x80, 0x80, 0x80}, Kind::kBadVarint, ""},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    ApiVersionsResponse response;
    const WireError error = decode_tags(test.tags, response);
    EXPECT_EQ(error.kind, test.kind) << error.to_string();
    EXPECT_EQ(error.path, test.path);
  }
}

}  // namespace
}  // namespace kmirror::protocol
