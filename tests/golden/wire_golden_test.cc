// Bytes that the Java client writes: ours must read them, show them as Java's JsonConverter does,
// and write the same bytes again.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <tuple>

#include "allocations.h"
#include "base/join.h"
#include "golden_messages.h"
#include "proof.h"
#include "protocol/messages/registry.h"
#include "protocol/wire/diff.h"
#include "protocol/wire/json_writer.h"
#include "protocol/wire/layout.h"

namespace kmirror::protocol {
namespace {

using Json = nlohmann::json;
using golden::for_each_golden_message;
using golden::golden_messages_of;
using golden::GoldenMessage;
using golden::kChangeStep;

// What became of a body that was read and written again.
struct Result {
  WireError decoded;
  WireError encoded;
  std::size_t measured = 0;
  GatherBuffer gathered;
  Buffer written;
};

Result round_trip(const MessageType& type, ConstBytes body, std::int16_t version) {
  AnyMessage message(type);
  Result result;
  result.decoded = message.decode(body, version);
  if (result.decoded) return result;
  result.encoded = message.encode(version, result.gathered);
  result.measured = message.wire_size(version);
  result.written = join(result.gathered.pieces());
  return result;
}

TEST(WireGolden, EveryVersionIsThere) {
  for (const MessageType& message : message_types()) {
    std::set<std::pair<int, std::string>> seen;
    for (const GoldenMessage& golden : golden_messages_of(message)) {
      seen.emplace(golden.version, golden.variant);
    }
    const VersionRange versions = message.api.known();
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(versions.max - versions.min + 1) * 3)
        << message.name;
  }
}

// The fields that a message has in some version, nested ones included.
struct Fields {
  std::int16_t version;
  std::size_t count = 0;
  std::vector<std::string> at_default;

  void look(Value value, const std::string& path) {
    if (value.type->kind == ValueKind::kStruct) return look(value.type->layout(), value.at, path);
    if (value.type->element_type == nullptr) return;
    for (std::size_t i = 0; i < value.count(); ++i) look(value[i], path);
  }

  void look(const StructLayout& layout, const void* object, const std::string& path) {
    for (const FieldLayout& field : layout.fields) {
      if (!field.spec.contains(version)) continue;
      const std::string name = fmt::format("{}.{}", path, field.name);
      if (same_value(field.of(object), field.of(layout.defaults))) at_default.push_back(name);
      ++count;
      look(field.of(object), name);
    }
  }
};

// At its default a field that is left out, or taken for its neighbour, could go unnoticed. Older
// clients do not know the tagged fields that records of coordinators were given later (KIP-915), so
// each version counts as the newest client writes it.
TEST(WireGolden, FullMessagesHaveNoDefaults) {
  golden::Proof proof("fields of full messages that differ from their defaults");
  for (const MessageType& message : message_types()) {
    std::map<std::int16_t, GoldenMessage> newest;
    for (GoldenMessage& golden : golden_messages_of(message)) {
      if (golden.variant == "full") newest.insert_or_assign(golden.version, std::move(golden));
    }
    for (const auto& [version, golden] : newest) {
      AnyMessage read(message);
      ASSERT_FALSE(read.decode(golden.body, version));
      Fields fields{.version = version};
      fields.look(message.layout(), read.get(), message.name);
      EXPECT_THAT(fields.at_default, testing::IsEmpty()) << "v" << version;
      proof.add(message.name, version, fields.count);
    }
  }
}

TEST(WireGolden, ReadsAndWritesTheSameBytes) {
  golden::Proof proof("frames of Java's read and written again");
  for_each_golden_message([&proof](const MessageType& message, const GoldenMessage& golden) {
    const Result result = round_trip(message, golden.body, golden.version);
    ASSERT_FALSE(result.decoded) << result.decoded.to_string();
    ASSERT_FALSE(result.encoded) << result.encoded.to_string();
    EXPECT_EQ(result.written, golden.body);
    EXPECT_EQ(result.gathered.size(), golden.body.size());
    EXPECT_EQ(result.measured, golden.body.size());
    proof.add(message.name, golden.version, 1);
  });
}

TEST(WireGolden, ShowsTheSameJson) {
  golden::Proof proof("frames shown as Java's JsonConverter does");
  for_each_golden_message([&proof](const MessageType& message, const GoldenMessage& golden) {
    AnyMessage read(message);
    ASSERT_FALSE(read.decode(golden.body, golden.version));
    const std::string json = to_json(message.layout(), read.get(), golden.version);
    EXPECT_EQ(Json::parse(json, nullptr, false), golden.json) << json;
    proof.add(message.name, golden.version, 1);
  });
}

void expect_read_as_written(const AnyMessage& message, std::int16_t version) {
  GatherBuffer gathered;
  const WireError encoded = message.encode(version, gathered);
  ASSERT_FALSE(encoded) << encoded.to_string();
  const Buffer written = join(gathered.pieces());
  ASSERT_EQ(message.wire_size(version), written.size());
  AnyMessage read(message.type());
  const WireError decoded = read.decode(written, version);
  ASSERT_FALSE(decoded) << decoded.to_string();
  ASSERT_THAT(diff(message.layout(), message.get(), read.get(), version), testing::IsEmpty());
}

// Structs are larger than their bytes on the wire, and arrays grow by doubling. What a peer says of
// a length does not count.
std::size_t memory_limit(std::size_t frame) {
  return 64 * frame + 8 * 1024;
}

// `body` is read, within the limit of memory. All that is asked for counts, given back or not.
WireError decode_within_limit(const MessageType& type, const Buffer& body, std::int16_t version) {
  const std::size_t before = golden::allocated_bytes();
  AnyMessage message(type);
  WireError error = message.decode(body, version);
  EXPECT_LE(golden::allocated_bytes() - before, memory_limit(body.size()));
  return error;
}

// Each prefix in memory of its own size, so that a sanitizer sees any byte read beyond it.
TEST(WireGolden, EveryPrefixFailsCleanly) {
  golden::Proof proof("prefixes of frames refused");
  for_each_golden_message([&proof](const MessageType& message, const GoldenMessage& golden) {
    for (std::size_t size = 0; size < golden.body.size(); ++size) {
      const Buffer prefix(golden.body.begin(), golden.body.begin() + static_cast<long>(size));
      const WireError error = decode_within_limit(message, prefix, golden.version);
      ASSERT_TRUE(error) << "of " << size << " bytes";
      ASSERT_LE(error.offset, size);
    }
    proof.add(message.name, golden.version, golden.body.size());
  });
}

// Every byte takes every other value. What both clients write alike is taken once.
TEST(WireGolden, EveryChangedByteIsReadCleanly) {
  golden::Proof proof("frames with a changed byte read or refused");
  std::set<std::tuple<std::string, std::int16_t, Buffer>> seen;
  for_each_golden_message([&](const MessageType& message, const GoldenMessage& golden) {
    Buffer body = golden.body;
    if (!seen.emplace(message.name, golden.version, body).second) return;
    for (std::uint8_t& byte : body) {
      const std::uint8_t original = byte;
      for (int change = kChangeStep; change < 256; change += kChangeStep) {
        byte = static_cast<std::uint8_t>(original + change);
        const WireError error = decode_within_limit(message, body, golden.version);
        ASSERT_LE(error.offset, body.size());
      }
      byte = original;
    }
    ASSERT_EQ(body, golden.body);
    ASSERT_FALSE(testing::Test::HasFailure());
    proof.add(message.name, golden.version, body.size() * (255 / kChangeStep));
  });
}

// Whatever a changed byte makes of it: an error, or a message that can be written, and is the same
// when it is read again.
TEST(WireGolden, WhatAChangedByteMakesCanBeWritten) {
  golden::Proof proof("messages from changed bytes written and read again");
  for_each_golden_message([&proof](const MessageType& message, const GoldenMessage& golden) {
    if (golden.variant != "full") return;
    Buffer body = golden.body;
    std::size_t written = 0;
    for (std::uint8_t& byte : body) {
      for (const int flip : {0x01, 0x80}) {
        byte ^= static_cast<std::uint8_t>(flip);
        AnyMessage changed(message);
        if (!changed.decode(body, golden.version)) {
          expect_read_as_written(changed, golden.version);
          ++written;
        }
        byte ^= static_cast<std::uint8_t>(flip);
      }
    }
    ASSERT_FALSE(testing::Test::HasFailure());
    proof.add(message.name, golden.version, written);
  });
}

}  // namespace
}  // namespace kmirror::protocol
