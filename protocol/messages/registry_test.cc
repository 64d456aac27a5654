#include "protocol/messages/registry.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/join.h"
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

// In both directions. There may be others.
TEST(Registry, TheseApisAreThere) {
  constexpr std::int16_t kKeys[] = {0,  1,  2,  3,  8,  9,  10, 11, 12, 13, 14, 15, 16,
                                    17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30,
                                    31, 32, 33, 36, 37, 42, 43, 44, 45, 46, 47, 48, 49,
                                    50, 51, 60, 61, 65, 66, 68, 69, 74, 75};
  for (const std::int16_t key : kKeys) {
    const MessageType* request = find_message(key, MessageRole::kRequest);
    const MessageType* response = find_message(key, MessageRole::kResponse);
    ASSERT_TRUE(request != nullptr && response != nullptr) << key;
    EXPECT_EQ(request->name, fmt::format("{}Request", request->api.name));
    EXPECT_EQ(response->name, fmt::format("{}Response", request->api.name));
  }
}

TEST(Registry, ThisDataIsThere) {
  for (const char* name :
       {"ConsumerProtocolSubscription", "ConsumerProtocolAssignment", "OffsetCommitKey",
        "OffsetCommitValue", "GroupMetadataKey", "GroupMetadataValue", "TransactionLogKey",
        "TransactionLogValue", "EndTxnMarker"}) {
    const MessageType* type = find_message(name, MessageRole::kData);
    ASSERT_NE(type, nullptr) << name;
    EXPECT_EQ(type->name, name);
  }
}

TEST(Registry, EveryNameIsThereOnce) {
  std::set<std::string> names;
  for (const MessageType& type : message_types()) EXPECT_TRUE(names.insert(type.name).second);
  EXPECT_FALSE(names.empty());
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
  EXPECT_EQ(join(written.pieces()), body);
  const WireError error = message.decode(ConstBytes(body).first(9), 0);
  EXPECT_EQ(error.to_string(), "memberId: the bytes end inside the field (byte 7)");
}

}  // namespace
}  // namespace kmirror::protocol
