#include "protocol/dump/partial_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/join.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/registry.h"
#include "protocol/wire/generator.h"
#include "protocol/wire/json_writer.h"

namespace kmirror::protocol {
namespace {

using Json = nlohmann::ordered_json;

// Whether `part` has nothing that `whole` has not, and of each array the beginning.
bool is_part(const Json& part, const Json& whole) {
  if (part.is_object() && whole.is_object()) {
    for (const auto& [key, value] : part.items()) {
      if (!whole.contains(key) || !is_part(value, whole[key])) return false;
    }
    return true;
  }
  if (part.is_array() && whole.is_array()) {
    if (part.size() > whole.size()) return false;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (!is_part(part[i], whole[i])) return false;
    }
    return true;
  }
  return part == whole;
}

Json partial(AnyMessage& message, ConstBytes body, std::int16_t version) {
  const WireError error = message.decode(body, version);
  return Json::parse(partial_json(message.layout(), message.get(), version, error.path));
}

TEST(PartialJson, EndsWhereDecodingEnded) {
  MetadataResponse response;
  response.brokers = {{.node_id = 1, .host = "a", .port = 2}, {.node_id = 3, .host = "b"}};
  response.controller_id = 7;
  GatherBuffer gathered;
  ASSERT_FALSE(encode(response, 1, gathered));
  const Buffer bytes = join(gathered.pieces());
  AnyMessage message(*find_message("Metadata", MessageRole::kResponse));
  const auto at = [&](std::size_t size) {
    return partial(message, ConstBytes(bytes).first(size), 1).dump();
  };
  EXPECT_EQ(at(0), R"({})");
  EXPECT_EQ(at(3), R"({})");
  EXPECT_EQ(at(9), R"({"brokers":[{"nodeId":1}]})");
  EXPECT_EQ(at(15), R"({"brokers":[{"nodeId":1,"host":"a","port":2}]})");
  EXPECT_EQ(at(30), R"({"brokers":[{"nodeId":1,"host":"a","port":2,"rack":null},)"
                    R"({"nodeId":3,"host":"b","port":0,"rack":null}]})");
  EXPECT_EQ(at(bytes.size()), to_json(response, 1));
}

// It is the last one in the bytes, though the first one in the schema.
TEST(PartialJson, ATaggedFieldComesLast) {
  FetchRequest request;
  request.cluster_id = "c";
  request.max_wait_ms = 7;
  GatherBuffer gathered;
  ASSERT_FALSE(encode(request, 12, gathered));
  Buffer bytes = join(gathered.pieces());
  ASSERT_EQ(bytes.back(), 'c');
  bytes[bytes.size() - 2] = 9;  // its length
  AnyMessage message(*find_message("Fetch", MessageRole::kRequest));
  Json expected = Json::parse(to_json(request, 12));
  ASSERT_EQ(expected.erase("clusterId"), 1u);
  EXPECT_EQ(partial(message, bytes, 12), expected);
}

// Of any message cut anywhere, nothing is shown that the whole message does not have, and the more
// of it is there, the more is shown.
TEST(PartialJson, ShowsNothingThatWasNotRead) {
  Random random(1);
  for (const MessageType& type : message_types()) {
    for (std::int16_t version = type.api.known().min; version <= type.api.known().max; ++version) {
      AnyMessage message(type);
      generate(message.layout(), message.get(), version, type.api.flexible_in(version), random);
      GatherBuffer gathered;
      ASSERT_FALSE(message.encode(version, gathered));
      const Buffer bytes = join(gathered.pieces());
      const Json whole = Json::parse(to_json(message.layout(), message.get(), version));
      Json last = Json::object();
      AnyMessage cut(type);
      const std::size_t step = bytes.size() / 12 + 1;
      for (std::size_t size = 0; size <= bytes.size(); size += step) {
        const Json part = partial(cut, ConstBytes(bytes).first(size), version);
        ASSERT_TRUE(is_part(part, whole)) << type.name << ' ' << version << ' ' << size << '\n'
                                          << part << '\n'
                                          << whole;
        ASSERT_TRUE(is_part(last, part)) << type.name << ' ' << version << ' ' << size;
        last = part;
      }
      EXPECT_EQ(partial(cut, bytes, version), whole) << type.name << ' ' << version;
    }
  }
}

}  // namespace
}  // namespace kmirror::protocol
