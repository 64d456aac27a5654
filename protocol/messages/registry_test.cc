#include "protocol/messages/registry.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

#include "protocol/testing/flatten.h"
#include "protocol/wire/json_writer.h"

namespace kmirror::protocol {
namespace {

TEST(Registry, FindsApisByNameAndKey) {
  const MessageType* fetch = find_message("Fetch", MessageRole::kRequest);
  ASSERT_NE(fetch, nullptr);
  EXPECT_EQ(fetch->name, "FetchRequest");
  EXPECT_EQ(find_message("fETCH", MessageRole::kRequest), fetch);
  EXPECT_EQ(find_message("1", MessageRole::kRequest), fetch);
  EXPECT_EQ(find_message(1, MessageRole::kRequest), fetch);
  const MessageType* answer = find_message("Fetch", MessageRole::kResponse);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->name, "FetchResponse");
  EXPECT_EQ(answer->api.key, 1);
}

TEST(Registry, DataHasNoKey) {
  const MessageType* key = find_message("OffsetCommitKey", MessageRole::kData);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(find_message("-1", MessageRole::kData), nullptr);
  EXPECT_EQ(find_message(kNoKey, MessageRole::kData), nullptr);
  EXPECT_EQ(find_message("OffsetCommitKey", MessageRole::kRequest), nullptr);
}

TEST(Registry, WhatIsNotThereIsNotFound) {
  for (const char* api : {"", "Fetc", "Fetch2", "4", "01", "FetchRequest"}) {
    EXPECT_EQ(find_message(api, MessageRole::kRequest), nullptr) << api;
  }
}

TEST(Registry, EveryNameIsThereOnce) {
  std::set<std::string> names;
  for (const MessageType& type : message_types()) EXPECT_TRUE(names.insert(type.name).second);
  EXPECT_GT(names.size(), 100);
}

TEST(Registry, AMessageOfAnyTypeIsReadAndWritten) {
  const MessageType* type = find_message("Heartbeat", MessageRole::kRequest);
  ASSERT_NE(type, nullptr);
  const Buffer body = {0, 1, 'g', 0, 0, 0, 7, 0, 1, 'm'};
  AnyMessage message(*type);
  ASSERT_FALSE(message.decode(body, 0));
  EXPECT_EQ(to_json(message.layout(), message.get(), 0),
            R"({"groupId":"g","generationId":7,"memberId":"m"})");
  EXPECT_EQ(message.wire_size(0), body.size());
  GatherBuffer written;
  ASSERT_FALSE(message.encode(0, written));
  EXPECT_EQ(flatten(written), body);
  const WireError error = message.decode(ConstBytes(body).first(9), 0);
  EXPECT_EQ(error.to_string(), "memberId: the bytes end inside the field (byte 7)");
}

}  // namespace
}  // namespace kmirror::protocol
