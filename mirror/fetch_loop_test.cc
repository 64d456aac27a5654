// What a fetch loop does while nothing moves: errors that last, room that does not come, brokers
// that hang.
#include "mirror/fetch_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string_view>

#include "mirror/testing/shard_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;
using testing::Contains;
using testing::HasSubstr;

struct FetchLoopTest : ShardFixture {
  std::ptrdiff_t lines_with(std::string_view part) const {
    return std::ranges::count_if(runtime.lines, [part](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }

  // A broker refuses, gives its partition up, refuses otherwise when it has that again, and
  // answers.
  void expect_nothing_said(ErrorCode refused_again, const std::function<void()>& give_up,
                           const std::function<void()>& take_again) {
    topics(1, 1);
    flow.fetch_error = ErrorCode::kNotLeaderOrFollower;
    runtime.run(begin());
    runtime.run(wait(seconds(1)));
    give_up();
    runtime.run(wait(seconds(10)));
    flow.fill(0, 10, 4);
    flow.fetch_error = refused_again;
    take_again();
    runtime.run(wait(seconds(3)));
    flow.fetch_error = ErrorCode::kNone;
    runtime.run(wait(seconds(5)));
    EXPECT_EQ(flow.copy[0].size(), 40u);
    EXPECT_EQ(lines_with("answers a fetch"), 0);
    EXPECT_EQ(lines_with("is read again"), 0);
    runtime.run(finish());
  }
};

TEST_F(FetchLoopTest, ErrorsThatLastAreALineAndTheirEndIsAnother) {
  topics(1, 1);
  flow.fill(0, 10, 4);
  flow.fetch_error = ErrorCode::kNotLeaderOrFollower;
  runtime.run(begin());
  runtime.run(wait(seconds(4)));
  EXPECT_EQ(lines_with("answers a fetch"), 0) << "a leader that moves is nobody's business";
  runtime.run(wait(seconds(30)));
  EXPECT_EQ(lines_with("answers a fetch"), 1);
  EXPECT_THAT(runtime.lines,
              Contains(AllOf(HasSubstr("topic orders partition 0: offset 0: source broker 1"),
                             HasSubstr("NOT_LEADER_OR_FOLLOWER"), HasSubstr("again and again"))));
  EXPECT_EQ(lines_with("is read again"), 0);
  flow.fetch_error = ErrorCode::kNone;
  runtime.run(wait(seconds(5)));
  EXPECT_EQ(lines_with("topic orders partition 0 is read again"), 1);
  EXPECT_EQ(flow.copy[0].size(), 40u);
  runtime.run(finish());
}

// A broker that stops gives up its partitions first, and has to take them again when it is back.
TEST_F(FetchLoopTest, ARestartIsNotAnErrorThatLasts) {
  const auto stop = [this] {
    flow.cluster.broker(1).accepts = false;
    flow.cluster.broker(1).hang_up();
  };
  expect_nothing_said(ErrorCode::kFencedLeaderEpoch, stop,
                      [this] { flow.cluster.broker(1).accepts = true; });
}

// The same where the metadata tell first that it has given them up: no connection is lost then.
TEST_F(FetchLoopTest, NobodyRefusesWhatNobodyLeads) {
  expect_nothing_said(
      ErrorCode::kUnknownLeaderEpoch, [this] { flow.cluster.topics["orders"][0] = -1; },
      [this] { flow.cluster.topics["orders"][0] = 1; });
}

TEST_F(FetchLoopTest, AStuckDestinationDoesNotMakeTheSourceBusy) {
  topics(2, 2);
  flow.config.source.max_partition_fetch_bytes = 100;
  flow.fill(0, 100, 4);
  flow.refusal = [](auto, const auto&) { return ErrorCode::kNotEnoughReplicas; };
  runtime.run(begin());
  runtime.run(wait(seconds(20)));
  EXPECT_LE(flow.fetches, 60);
  flow.refusal = nullptr;
  flow.produce_time = milliseconds(5);
  runtime.run(wait(seconds(5)));
  EXPECT_EQ(flow.copy[0].size(), 400u) << "once there is room, the pauses are short again";
  runtime.run(finish());
}

TEST_F(FetchLoopTest, TheSmallestSizesMoveABatchAtATime) {
  topics(2, 2);
  end = 40;
  flow.config.source.fetch_max_bytes = 1;
  flow.config.source.max_partition_fetch_bytes = 1;
  for (const int partition : {0, 1}) flow.fill(partition, 10, 4);
  mirror_all();
  for (const int partition : {0, 1}) EXPECT_EQ(flow.copy[partition], FakeFlow::numbers(0, 40));
}

TEST_F(FetchLoopTest, ASessionIsToldOnlyOfWhatMoves) {
  flow.keeps_sessions = true;
  topics(5, 5);
  runtime.run(begin());
  runtime.run(wait(seconds(5)));
  EXPECT_GT(flow.fetches, 5);
  EXPECT_EQ(flow.named, 5u);
  flow.fill(3, 1, 10);
  runtime.run(wait(seconds(5)));
  EXPECT_EQ(flow.copy[3], FakeFlow::numbers(0, 10));
  EXPECT_EQ(flow.named, 6u);
  EXPECT_EQ(flow.session[3].fetch_offset, 10);
  runtime.run(finish());
}

TEST_F(FetchLoopTest, WhatTheDestinationDoesNotTakeIsNotReadOn) {
  flow.keeps_sessions = true;
  topics(2, 2);
  flow.config.source.max_partition_fetch_bytes = 100;
  for (const int partition : {0, 1}) flow.fill(partition, 100, 4);
  flow.refusal = [](std::int32_t partition, const auto&) {
    return partition == 0 ? ErrorCode::kNotEnoughReplicas : ErrorCode::kNone;
  };
  runtime.run(begin());
  runtime.run(wait(seconds(3)));
  EXPECT_FALSE(flow.session.contains(0));
  EXPECT_TRUE(flow.session.contains(1));
  EXPECT_EQ(flow.copy[1], FakeFlow::numbers(0, 400));
  flow.refusal = nullptr;
  runtime.run(wait(seconds(5)));
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 400));
  runtime.run(finish());
}

TEST_F(FetchLoopTest, AnEvictedSessionIsFollowedByAnotherAtOnce) {
  flow.keeps_sessions = true;
  topics(3, 3);
  runtime.run(begin());
  runtime.run(wait(seconds(2)));
  flow.evicts_session = true;
  flow.fill(1, 10, 4);
  runtime.run(wait(milliseconds(600)));  // The longest that a fetch waits, and a bit.
  EXPECT_FALSE(flow.evicts_session);
  EXPECT_EQ(flow.session[1].fetch_offset, 40) << "it was read, and the next request says so";
  EXPECT_EQ(lines_with("answers a fetch"), 0);
  runtime.run(finish());
}

TEST_F(FetchLoopTest, TheEndDoesNotWaitForASourceThatHangs) {
  topics(1, 1);
  flow.fill(0, 10, 4);
  runtime.run(begin());
  runtime.run(wait(seconds(2)));
  const auto hang = [](const auto&, auto, auto&) { return false; };
  flow.cluster.broker(1).on<protocol::FetchRequest>(hang);
  runtime.run(wait(seconds(2)));
  runtime.run(finish());
  EXPECT_TRUE(drained);
  EXPECT_LT(drain_time, milliseconds(10));
  EXPECT_EQ(flow.committed[0], 40);
}

TEST_F(FetchLoopTest, TheEndDoesNotWaitForTheRangeOfALogEither) {
  topics(1, 1);
  flow.fill(0, 10, 4);
  flow.log_start = 16;
  const auto hang = [](const auto&, auto, auto&) { return false; };
  flow.cluster.broker(1).on<protocol::ListOffsetsRequest>(hang);
  runtime.run(begin());
  runtime.run(wait(seconds(2)));
  runtime.run(finish());
  EXPECT_TRUE(drained);
  EXPECT_LT(drain_time, milliseconds(10));
  EXPECT_TRUE(shard->report().stop_reasons.empty());
}

}  // namespace
}  // namespace kmirror::mirror
