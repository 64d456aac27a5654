#include "net/zookeeper/jute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace kmirror::net::jute {
namespace {

Buffer from_hex(std::string_view hex) {
  Buffer bytes;
  for (std::size_t i = 0; i < hex.size();) {
    if (hex[i] == ' ') {
      ++i;
      continue;
    }
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    i += 2;
  }
  return bytes;
}

Buffer repeated(std::string_view head, std::size_t zeros) {
  Buffer bytes = from_hex(head);
  bytes.resize(bytes.size() + zeros);
  return bytes;
}

// The packets that ZooKeeper 3.5's own client sends for the same calls.
TEST(Jute, EncodesRequests) {
  Buffer connect, children, data, close;
  append_connect(connect, 6000);
  EXPECT_EQ(connect, from_hex("0000002d 00000000 0000000000000000 00001770 0000000000000000 "
                              "00000010 00000000000000000000000000000000 00"));
  append_read(children, 1, Operation::kGetChildren, "/brokers/ids");
  EXPECT_EQ(children, from_hex("00000019 00000001 00000008 0000000c 2f62726f6b6572732f696473 00"));
  append_read(data, 2, Operation::kGetData, "/a");
  EXPECT_EQ(data, from_hex("0000000f 00000002 00000004 00000002 2f61 00"));
  append_close(close, 3);
  EXPECT_EQ(close, from_hex("00000008 00000003 fffffff5"));
}

TEST(Jute, PacketsFollowOneAnotherInABuffer) {
  Buffer one, other, both;
  append_read(one, 1, Operation::kGetData, "/a");
  append_close(other, 2);
  append_read(both, 1, Operation::kGetData, "/a");
  append_close(both, 2);
  one.insert(one.end(), other.begin(), other.end());
  EXPECT_EQ(both, one);
}

TEST(Jute, DecodesTheConnectReplyWithAndWithoutReadOnlyFlag) {
  Buffer modern =
      from_hex("00000000 00001770 0100000000000001 00000010 0102030405060708090a0b0c0d0e0f10 00");
  EXPECT_EQ(decode_connect_reply(modern), 6000);
  modern.pop_back();
  EXPECT_EQ(decode_connect_reply(modern), 6000);
  modern.pop_back();
  EXPECT_EQ(decode_connect_reply(modern), std::nullopt);
}

TEST(Jute, DecodesReplies) {
  std::optional<Reply> fine = decode_reply(from_hex("00000001 0000000000000009 00000000 aabb"));
  ASSERT_TRUE(fine);
  EXPECT_EQ(fine->xid, 1);
  EXPECT_EQ(fine->error, 0);
  EXPECT_EQ(fine->body.size(), 2u);
  std::optional<Reply> failed = decode_reply(from_hex("00000002 0000000000000009 ffffff9b"));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->error, kNoNode);
  EXPECT_TRUE(failed->body.empty());
}

TEST(Jute, DecodesChildrenAndData) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(decode_children(from_hex("00000000")), Names());
  EXPECT_EQ(decode_children(from_hex("ffffffff")), Names());
  EXPECT_EQ(decode_children(from_hex("00000002 00000001 30 00000002 3131")), (Names{"0", "11"}));
  EXPECT_EQ(decode_data(repeated("00000002 7b7d", 68)), "{}");
  EXPECT_EQ(decode_data(repeated("00000000", 68)), "");
  EXPECT_EQ(decode_data(repeated("ffffffff", 68)), "");
}

TEST(Jute, EveryPrefixAndEveryExtraByteIsMalformed) {
  const Buffer children = from_hex("00000002 00000001 30 00000002 3131");
  const Buffer data = repeated("00000002 7b7d", 68);
  const Buffer reply = from_hex("00000002 0000000000000009 ffffff9b");
  const Buffer connect =
      from_hex("00000000 00001770 0100000000000001 00000010 0102030405060708090a0b0c0d0e0f10");
  for (std::size_t size = 0; size < children.size(); ++size) {
    EXPECT_FALSE(decode_children(ConstBytes(children).first(size))) << size;
  }
  for (std::size_t size = 0; size < data.size(); ++size) {
    EXPECT_FALSE(decode_data(ConstBytes(data).first(size))) << size;
  }
  for (std::size_t size = 0; size < reply.size(); ++size) {
    EXPECT_FALSE(decode_reply(ConstBytes(reply).first(size))) << size;
  }
  for (std::size_t size = 0; size < connect.size(); ++size) {
    EXPECT_FALSE(decode_connect_reply(ConstBytes(connect).first(size))) << size;
  }
  EXPECT_FALSE(decode_children(from_hex("00000001 00000001 30 00")));
  EXPECT_FALSE(decode_data(repeated("00000002 7b7d", 69)));
}

TEST(Jute, LyingLengthsAreMalformed) {
  EXPECT_FALSE(decode_children(from_hex("7fffffff 00000001 30")));
  EXPECT_FALSE(decode_children(from_hex("fffffffe")));
  EXPECT_FALSE(decode_children(from_hex("00000001 7fffffff 30")));
  EXPECT_FALSE(decode_children(from_hex("00000001 fffffffe")));
  EXPECT_FALSE(decode_data(repeated("7fffffff", 68)));
  EXPECT_FALSE(decode_data(repeated("80000000", 68)));
}

}  // namespace
}  // namespace kmirror::net::jute
