// Lengths, counts and sizes that are far larger than the frame: refused with the place where they
// stand, and no memory is taken for them.
#include <gmock/gmock.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "allocations.h"
#include "golden_messages.h"
#include "proof.h"

namespace kmirror::protocol {
namespace {

using Kind = WireError::Kind;
using Role = MessageRole;

// The largest int32, and 1 GiB.
const Buffer kMost = {0x7f, 0xff, 0xff, 0xff};
const Buffer kGiB = {0x40, 0, 0, 0};
// The same in a flexible version, where one more stands in a varint; and 2^32 - 2, the largest.
const Buffer kCompactMost = {0x80, 0x80, 0x80, 0x80, 0x08};
const Buffer kCompactGiB = {0x81, 0x80, 0x80, 0x80, 0x04};
const Buffer kCompactBeyond = {0xff, 0xff, 0xff, 0xff, 0x0f};

// What is behind a lie, zeros as a rule; far too little for it.
constexpr std::size_t kBytesBehind = 1000;

// All that is asked for, given back or not: for the message, its error and what was read before.
constexpr std::size_t kMemoryLimit = 16 << 10;

struct Lie {
  std::string_view what;
  std::string_view api;
  MessageRole role;
  std::int16_t version;
  Buffer start;
  Buffer length;
  Kind kind;
  std::size_t offset;
  std::string_view path;
  std::uint8_t behind = 0;
};

const Buffer kMostString = {0x7f, 0xff};
const Buffer kCompactMostString = {0x80, 0x80, 0x02};

// As many elements as bytes follow.
const Buffer kWhatIsBehind = {0, 0, 3, 0xe8};

// What stands in front of a lie. One topic "t", in a flexible version as a Fetch response or
// another message has it; without its name.
const Buffer kNothing = {};
const Buffer kOneTopic = {0, 0, 0, 1};
const Buffer kTopic = {0, 0, 0, 1, 0, 1, 't'};
const Buffer kCompactTopic = {0, 2, 2, 't'};
const Buffer kCompactFetchTopic = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 't'};
// Throttle time and error.
const Buffer kNoError = {0, 0, 0, 0, 0, 0};
// An ApiVersions response: error, no keys, throttle time, and one tagged field, with its tag.
const Buffer kTag1 = {0, 0, 1, 0, 0, 0, 0, 1, 1};
const Buffer kTag9 = {0, 0, 1, 0, 0, 0, 0, 1, 9};
const Buffer kTag0Of100Bytes = {0, 0, 1, 0, 0, 0, 0, 1, 0, 100};

// A Fetch response up to the records of the one partition of its topic.
Buffer plain_partition() {
  Buffer start = kTopic;
  start.insert(start.end(), {0, 0, 0, 1, 0, 0, 0, 3, 0, 0});  // index, error code
  start.resize(start.size() + 8);                             // high watermark
  return start;
}

Buffer compact_partition() {
  Buffer start = kCompactFetchTopic;
  start.insert(start.end(), {2, 0, 0, 0, 3, 0, 0});
  start.resize(start.size() + 24);             // high watermark and two more offsets
  start.insert(start.end(), {1, 0, 0, 0, 0});  // no aborted transactions, the replica
  return start;
}

const Lie kPlainLies[] = {
    {"array", "Fetch", Role::kResponse, 0, kNothing, kMost, Kind::kTruncated, 0, "responses"},
    {"array within", "Fetch", Role::kResponse, 0, kTopic, kMost, Kind::kTruncated, 7,
     "responses[0].partitions"},
    // The first topic has no name.
    {"array of what is behind", "Fetch", Role::kResponse, 0, kNothing, kWhatIsBehind,
     Kind::kNullNotAllowed, 4, "responses[0].topic", 0xff},
    {"array of int32", "ElectLeaders", Role::kRequest, 0, kTopic, kMost, Kind::kTruncated, 7,
     "topicPartitions[0].partitions"},
    {"nullable array", "Metadata", Role::kRequest, 1, kNothing, kMost, Kind::kTruncated, 0,
     "topics"},
    {"string", "Fetch", Role::kResponse, 0, kOneTopic, kMostString, Kind::kTruncated, 4,
     "responses[0].topic"},
    {"nullable string", "FindCoordinator", Role::kResponse, 1, kNoError, kMostString,
     Kind::kTruncated, 6, "errorMessage"},
    {"bytes", "SaslAuthenticate", Role::kRequest, 0, kNothing, kGiB, Kind::kTruncated, 0,
     "authBytes"},
    {"records", "Fetch", Role::kResponse, 0, plain_partition(), kGiB, Kind::kTruncated, 25,
     "responses[0].partitions[0].records"},
};

const Lie kCompactLies[] = {
    {"array", "Metadata", Role::kRequest, 9, kNothing, kCompactMost, Kind::kTruncated, 0, "topics"},
    {"array beyond int32", "Metadata", Role::kRequest, 9, kNothing, kCompactBeyond,
     Kind::kBadLength, 0, "topics"},
    {"array within", "Fetch", Role::kResponse, 12, kCompactFetchTopic, kCompactMost,
     Kind::kTruncated, 13, "responses[0].partitions"},
    {"array within, beyond int32", "Fetch", Role::kResponse, 12, kCompactFetchTopic, kCompactBeyond,
     Kind::kBadLength, 13, "responses[0].partitions"},
    {"array of int32", "ElectLeaders", Role::kRequest, 2, kCompactTopic, kCompactMost,
     Kind::kTruncated, 4, "topicPartitions[0].partitions"},
    {"string", "Heartbeat", Role::kRequest, 4, kNothing, kCompactMostString, Kind::kTruncated, 0,
     "groupId"},
    {"string of 1 GiB", "Heartbeat", Role::kRequest, 4, kNothing, kCompactGiB, Kind::kBadLength, 0,
     "groupId"},
    {"string beyond int32", "Heartbeat", Role::kRequest, 4, kNothing, kCompactBeyond,
     Kind::kBadLength, 0, "groupId"},
    {"bytes", "SaslAuthenticate", Role::kRequest, 2, kNothing, kCompactGiB, Kind::kTruncated, 0,
     "authBytes"},
    {"bytes beyond int32", "SaslAuthenticate", Role::kRequest, 2, kNothing, kCompactBeyond,
     Kind::kBadLength, 0, "authBytes"},
    {"records", "Fetch", Role::kResponse, 12, compact_partition(), kCompactGiB, Kind::kTruncated,
     49, "responses[0].partitions[0].records"},
};

// Of tagged fields; the error has the place behind the size.
const Lie kTaggedLies[] = {
    {"unknown field", "ApiVersions", Role::kResponse, 3, kTag9, kCompactGiB, Kind::kTruncated, 14,
     ""},
    {"unknown field beyond int32", "ApiVersions", Role::kResponse, 3, kTag9, kCompactBeyond,
     Kind::kTruncated, 14, ""},
    {"known field", "ApiVersions", Role::kResponse, 3, kTag1, kCompactGiB, Kind::kTruncated, 14,
     ""},
    {"array in a known field", "ApiVersions", Role::kResponse, 3, kTag0Of100Bytes, kCompactMost,
     Kind::kTruncated, 10, "supportedFeatures"},
    // The second of so many tagged fields has the same tag as the first.
    {"number of fields", "Heartbeat", Role::kResponse, 4, kNoError, kCompactBeyond, Kind::kBadTag,
     14, ""},
};

WireError decode_in_little_memory(const MessageType& type, const Buffer& body,
                                  std::int16_t version) {
  const std::size_t before = golden::allocated_bytes();
  AnyMessage message(type);
  WireError error = message.decode(body, version);
  EXPECT_LE(golden::allocated_bytes() - before, kMemoryLimit);
  return error;
}

void expect_refused(const Lie& lie) {
  SCOPED_TRACE(lie.what);
  const MessageType* type = find_message(lie.api, lie.role);
  ASSERT_NE(type, nullptr);
  Buffer frame = lie.start;
  frame.insert(frame.end(), lie.length.begin(), lie.length.end());
  frame.resize(frame.size() + kBytesBehind, lie.behind);
  const WireError error = decode_in_little_memory(*type, frame, lie.version);
  EXPECT_EQ(error.kind, lie.kind) << error.to_string();
  EXPECT_EQ(error.offset, lie.offset);
  EXPECT_EQ(error.path, lie.path);
}

TEST(LyingLength, IsRefusedWithItsPlace) {
  golden::Count refused("lying lengths refused with their place");
  const auto refuse = [&refused](std::span<const Lie> lies) {
    std::ranges::for_each(lies, expect_refused);
    refused.add(lies.size());
  };
  refuse(kPlainLies);
  refuse(kCompactLies);
  refuse(kTaggedLies);
}

// Most places hold no length; what the bytes mean there may well be read.
TEST(LyingLength, AtEveryPlaceIsReadCleanly) {
  golden::Proof proof("frames with a lying length at some place read or refused");
  golden::for_each_golden_message([&proof](const MessageType& type,
                                           const golden::GoldenMessage& golden) {
    if (golden.variant != "full") return;
    std::size_t frames = 0;
    for (std::size_t place = 0; place < golden.body.size(); ++place) {
      for (const Buffer* length : {&kMost, &kGiB, &kCompactMost, &kCompactGiB, &kCompactBeyond}) {
        Buffer body = golden.body;
        body.resize(std::max(body.size(), place + length->size()));
        std::ranges::copy(*length, body.begin() + static_cast<long>(place));
        const WireError error = decode_in_little_memory(type, body, golden.version);
        ASSERT_LE(error.offset, body.size());
        ++frames;
      }
    }
    ASSERT_FALSE(testing::Test::HasFailure());
    proof.add(type.name, golden.version, frames);
  });
}

}  // namespace
}  // namespace kmirror::protocol
