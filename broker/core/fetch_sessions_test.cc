#include "broker/core/fetch_sessions.h"

#include <gtest/gtest.h>

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;

constexpr std::int16_t kVersion = 12;

struct FetchSessionsTest : testing::Test {
  FetchSessions sessions{Random(1)};

  static FetchRequest request(std::int32_t id, std::int32_t epoch,
                              std::vector<std::int32_t> partitions) {
    FetchRequest made;
    made.session_id = id;
    made.session_epoch = epoch;
    auto& topic = made.topics.emplace_back();
    topic.topic = "t";
    for (const std::int32_t index : partitions) {
      auto& partition = topic.partitions.emplace_back();
      partition.partition = index;
      partition.fetch_offset = 100 + index;
    }
    return made;
  }
  std::int32_t begin(std::vector<std::int32_t> partitions) {
    return sessions.open(request(0, 0, std::move(partitions)), kVersion).session->id;
  }
};

TEST_F(FetchSessionsTest, ARequestForItselfLeavesNothingBehind) {
  const auto context = sessions.open(request(0, -1, {1, 2}), kVersion);
  EXPECT_EQ(context.session, nullptr);
  EXPECT_EQ(context.partitions.size(), 2u);
  EXPECT_EQ(sessions.count(), 0u);
}

TEST_F(FetchSessionsTest, ASessionRemembersItsPartitions) {
  const std::int32_t id = begin({1, 2});
  const auto next = sessions.open(request(id, 1, {2, 3}), kVersion);
  ASSERT_NE(next.session, nullptr);
  EXPECT_TRUE(next.is_incremental);
  EXPECT_EQ(next.session->partitions.size(), 3u);
}

TEST_F(FetchSessionsTest, WhatIsSaidOfAPartitionLastCounts) {
  FetchRequest twice = request(0, 0, {1, 2, 1});
  twice.topics[0].partitions[2].fetch_offset = 7;
  const std::int32_t id = sessions.open(twice, kVersion).session->id;
  const auto& partitions = sessions.find(id)->partitions;
  ASSERT_EQ(partitions.size(), 2u);
  EXPECT_EQ(partitions[0].index, 1) << "where it was named first";
  EXPECT_EQ(partitions[0].fetch_offset, 7);
  sessions.find(id)->partitions[1].told_high_watermark = 5;
  FetchRequest again = request(id, 1, {2});
  again.topics[0].partitions[0].fetch_offset = 8;
  again.forgotten_topics_data.push_back({.topic = "t", .partitions = {1}});
  ASSERT_NE(sessions.open(again, kVersion).session, nullptr);
  ASSERT_EQ(partitions.size(), 1u);
  EXPECT_EQ(partitions[0].fetch_offset, 8);
  EXPECT_EQ(partitions[0].told_high_watermark, 5) << "to be compared with what comes";
}

TEST_F(FetchSessionsTest, WrongNumbersAreRefused) {
  const std::int32_t id = begin({1});
  EXPECT_EQ(sessions.open(request(id, 2, {}), kVersion).error,
            ErrorCode::kInvalidFetchSessionEpoch);
  EXPECT_EQ(sessions.open(request(id + 1, 1, {}), kVersion).error,
            ErrorCode::kFetchSessionIdNotFound);
  EXPECT_EQ(sessions.open(request(id, 1, {}), 13).error, ErrorCode::kFetchSessionTopicIdError);
  EXPECT_EQ(sessions.open(request(id, 1, {}), kVersion).error, ErrorCode::kNone);
}

TEST_F(FetchSessionsTest, AFullRequestEndsTheSessionThatItNames) {
  const std::int32_t id = begin({1});
  const auto fresh = sessions.open(request(id, 0, {1}), kVersion);
  ASSERT_NE(fresh.session, nullptr);
  EXPECT_NE(fresh.session->id, id);
  EXPECT_EQ(sessions.count(), 1u);
}

TEST_F(FetchSessionsTest, ASessionThatForgetsAllIsOver) {
  const std::int32_t id = begin({1});
  FetchRequest forget = request(id, 1, {});
  forget.forgotten_topics_data.push_back({.topic = "t", .partitions = {1}});
  EXPECT_EQ(sessions.open(forget, kVersion).session, nullptr);
  EXPECT_EQ(sessions.count(), 0u);
}

TEST_F(FetchSessionsTest, WhatWasToldIsNoNews) {
  FetchPartition asked;
  protocol::FetchResponse::Partition answer;
  answer.high_watermark = 5;
  answer.log_start_offset = 0;
  answer.records.emplace();
  EXPECT_TRUE(is_news(asked, answer));
  asked.told_high_watermark = 5;
  asked.told_log_start = 0;
  EXPECT_FALSE(is_news(asked, answer));
  answer.error_code = ErrorCode::kNotLeaderOrFollower;
  EXPECT_TRUE(is_news(asked, answer));
}

}  // namespace
}  // namespace kmirror::broker
