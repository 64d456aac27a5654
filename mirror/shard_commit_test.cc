// When a shard commits positions.
#include <gtest/gtest.h>

#include <algorithm>

#include "mirror/testing/shard_fixture.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/offset_commit.h"

namespace kmirror::mirror {
namespace {

using std::chrono::minutes;

struct ShardCommitTest : ShardFixture {
  std::ptrdiff_t commits() {
    return std::ranges::count(flow.cluster.broker(2).seen, protocol::OffsetCommitRequest::kApi.key,
                              &std::pair<std::int16_t, std::int16_t>::first);
  }
};

// Offsets of a group without members expire, counted from their last commit (KIP-211).
TEST_F(ShardCommitTest, EveryPositionIsCommittedAgainHourlyMovedOrNot) {
  topics(2, 2);
  runtime.run(begin());
  EXPECT_EQ(commits(), 1);
  runtime.run(wait(minutes(30)));
  EXPECT_EQ(commits(), 2) << "once more, over what a predecessor may have left, and nothing moved";
  flow.committed.clear();
  flow.fill(0, 1, 4);
  runtime.run(wait(minutes(2)));
  EXPECT_EQ(flow.committed, (std::map<std::int32_t, std::int64_t>{{0, 4}}));
  runtime.run(wait(minutes(27)));
  EXPECT_EQ(commits(), 3);
  flow.committed.clear();
  runtime.run(wait(minutes(6)));
  EXPECT_EQ(flow.committed, (std::map<std::int32_t, std::int64_t>{{1, 0}}));
  flow.committed.clear();
  runtime.run(wait(minutes(31)));
  EXPECT_EQ(flow.committed, (std::map<std::int32_t, std::int64_t>{{0, 4}}));
  EXPECT_EQ(commits(), 5);
  runtime.run(finish());
}

// What cannot be committed is tried again with the next interval, with what moved since.
TEST_F(ShardCommitTest, ACommitThatFailsIsSaidAndMadeUpFor) {
  topics(1, 1);
  runtime.run(begin());
  flow.commit_error = protocol::ErrorCode::kGroupAuthorizationFailed;
  flow.fill(0, 1, 4);
  runtime.run(wait(minutes(2)));
  EXPECT_EQ(flow.committed[0], 0);
  const auto said = std::ranges::count_if(runtime.lines, [](const std::string& line) {
    return line.find("progress could not be committed") != std::string::npos;
  });
  EXPECT_GE(said, 1);
  flow.commit_error = protocol::ErrorCode::kNone;
  runtime.run(wait(minutes(2)));
  EXPECT_EQ(flow.committed[0], 4);
  runtime.run(finish());
}

// A commit that was never answered may come to the coordinator behind the next one, and undo it.
TEST_F(ShardCommitTest, WhatALateCommitUndidIsCommittedAgain) {
  topics(1, 1);
  runtime.run(begin());
  runtime.run(wait(minutes(10)));
  EXPECT_EQ(commits(), 2) << "nothing moved";
  flow.answers_commits = false;
  flow.fill(0, 1, 4);
  runtime.run(wait(minutes(2)));
  flow.answers_commits = true;
  runtime.run(wait(minutes(1)));
  EXPECT_EQ(flow.committed[0], 4);
  flow.committed[0] = 0;
  runtime.run(wait(minutes(5)));
  EXPECT_EQ(flow.committed[0], 4);
  const auto before = commits();
  runtime.run(wait(minutes(30)));
  EXPECT_EQ(commits(), before);
  runtime.run(finish());
}

Awaitable<void> add_refused(std::optional<Shard>& shard, net::Runtime& runtime,
                            const MirrorConfig& config, std::vector<LanePlan> plans) {
  shard.emplace(runtime, config, 0, std::size_t{8} << 20);
  const auto started = co_await shard->start(runtime.now() + seconds(10));
  EXPECT_TRUE(started);
  const auto added = co_await shard->add_lanes(std::move(plans));
  EXPECT_FALSE(added);
  co_await shard->close();
}

// The group of somebody else, who would find our positions in it and we theirs.
TEST_F(ShardCommitTest, NothingIsCopiedWhereTheFirstCommitIsRefused) {
  topics(1, 1);
  flow.fill(0, 1, 4);
  flow.commit_error = protocol::ErrorCode::kUnknownMemberId;
  runtime.run(add_refused(shard, runtime, flow.config, plans()));
  for (const auto& [key, version] : flow.cluster.broker(1).seen) {
    EXPECT_NE(key, protocol::FetchRequest::kApi.key);
  }
}

}  // namespace
}  // namespace kmirror::mirror
