#include "protocol/dump/message_dump.h"

#include <gmock/gmock.h>

#include "base/join.h"
#include "protocol/framing.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/metadata.h"
#include "protocol/testing/byte_source.h"
#include "protocol/testing/dumped.h"

namespace kmirror::protocol {
namespace {

using nlohmann::json;
using testing::concat;
using testing::Dumped;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::output_to;

const MessageType& metadata(MessageRole role) {
  return *find_message("Metadata", role);
}

Buffer body_of(const auto& message, std::int16_t version) {
  GatherBuffer gathered;
  EXPECT_FALSE(encode(message, version, gathered));
  return join(gathered.pieces());
}

Buffer frame_of(const auto& request, std::int16_t version) {
  GatherBuffer gathered;
  EXPECT_FALSE(encode_request(request, version, 5, "me", gathered));
  return join(gathered.pieces());
}

Buffer framed(ConstBytes header, ConstBytes body) {
  Buffer frame(4);
  store_be(frame.data(), static_cast<std::int32_t>(header.size() + body.size()));
  frame.insert(frame.end(), header.begin(), header.end());
  frame.insert(frame.end(), body.begin(), body.end());
  return frame;
}

MetadataRequest topic_t() {
  MetadataRequest request;
  request.topics.emplace().push_back({.name = "t"});
  return request;
}

Dumped dump_requests(ConstBytes frames) {
  Dumped dumped;
  dumped.is_sound = dump_request_frames(frames, output_to(dumped));
  return dumped;
}

const json kMetadataLine = json::parse(R"({
    "requestHeader": {"requestApiKey": 3, "requestApiVersion": 1, "correlationId": 5,
                      "clientId": "me", "requestApiKeyName": "Metadata"},
    "request": {"topics": [{"name": "t"}]}})");

TEST(MessageDump, ABody) {
  const Buffer body = body_of(topic_t(), 1);
  Dumped dumped;
  EXPECT_TRUE(dump_body(metadata(MessageRole::kRequest), 1, body, output_to(dumped)));
  EXPECT_THAT(dumped.lines, ElementsAre(kMetadataLine["request"]));
  EXPECT_THAT(dumped.reports, IsEmpty());
}

TEST(MessageDump, ABodyThatIsCut) {
  const Buffer body = body_of(topic_t(), 1);
  Dumped dumped;
  EXPECT_FALSE(
      dump_body(metadata(MessageRole::kRequest), 1, ConstBytes(body).first(6), output_to(dumped)));
  EXPECT_THAT(dumped.lines, ElementsAre(json::parse(R"({"topics":[{}]})")));
  EXPECT_THAT(dumped.reports,
              ElementsAre("1: topics[0].name: the bytes end inside the field (byte 4)"));
}

TEST(MessageDump, RequestFramesSayWhatTheyAre) {
  const auto dumped = dump_requests(
      concat({frame_of(topic_t(), 1), frame_of(topic_t(), 9), frame_of(ApiVersionsRequest(), 0)}));
  EXPECT_TRUE(dumped.is_sound);
  ASSERT_EQ(dumped.lines.size(), 3u);
  EXPECT_EQ(dumped.lines[0], kMetadataLine);
  EXPECT_EQ(dumped.lines[1]["requestHeader"]["requestApiVersion"], 9);
  EXPECT_EQ(dumped.lines[2]["requestHeader"]["requestApiKeyName"], "ApiVersions");
  EXPECT_EQ(dumped.lines[2]["request"], json::object());
}

TEST(MessageDump, AMalformedFrameConcernsItselfAlone) {
  const Buffer good = frame_of(topic_t(), 1);
  Buffer no_api = good;
  no_api[5] = 99;
  Buffer no_version = good;
  no_version[7] = 99;
  Buffer bad_body = good;
  bad_body[16] = 0xff;  // the count of topics
  const auto dumped = dump_requests(concat({no_api, no_version, bad_body, good}));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_THAT(dumped.reports, ElementsAre("0: byte 4: no API with the key 99 is known",
                                          "1: message: the version is not supported (byte 40)",
                                          "2: topics: the length is out of range (byte 62)"));
  ASSERT_EQ(dumped.lines.size(), 3u);
  EXPECT_EQ(dumped.lines[0]["request"], nullptr);
  EXPECT_EQ(dumped.lines[1]["request"], json::object());
  EXPECT_EQ(dumped.lines[2], kMetadataLine);
}

TEST(MessageDump, AFrameThatIsCutIsShownAsFarAsItGoes) {
  const Buffer good = frame_of(topic_t(), 1);
  auto dumped = dump_requests(ConstBytes(good).first(good.size() - 1));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_EQ(dumped.lines[0]["request"], json::parse(R"({"topics":[{}]})"));
  EXPECT_THAT(dumped.reports,
              ElementsAre("1: topics[0].name: the bytes end inside the field (byte 20)",
                          "1: byte 22: the input ends here, 1 bytes before the frame does"));
  dumped = dump_requests(ConstBytes(good).first(3));
  EXPECT_THAT(dumped.reports, ElementsAre("0: byte 0: the input ends inside the frame's length"));
  dumped = dump_requests(concat({good, {0xff, 0, 0, 0}}));
  EXPECT_FALSE(dumped.is_sound);
  EXPECT_EQ(dumped.lines.size(), 1u);
  EXPECT_THAT(dumped.reports, ElementsAre("1: byte 23: the frame's length is negative"));
}

TEST(MessageDump, EndsWhereNobodyReads) {
  const Buffer good = frame_of(topic_t(), 1);
  int lines = 0;
  const DumpOutput output{.write = [&lines](std::string_view) { return ++lines < 2; },
                          .report = [](std::string_view) {}};
  dump_request_frames(concat({good, good, good, good}), output);
  EXPECT_EQ(lines, 2);
}

TEST(MessageDump, ResponseFrames) {
  MetadataResponse response;
  response.controller_id = 7;
  const Buffer header = {0, 0, 0, 9};
  const Buffer frame = framed(header, body_of(response, 1));
  Dumped dumped;
  EXPECT_TRUE(dump_response_frames(metadata(MessageRole::kResponse), 1, concat({frame, frame}),
                                   output_to(dumped)));
  const json line = json::parse(R"({
      "responseHeader": {"correlationId": 9},
      "response": {"brokers": [], "controllerId": 7, "topics": []}})");
  EXPECT_THAT(dumped.lines, ElementsAre(line, line));
}

}  // namespace
}  // namespace kmirror::protocol
