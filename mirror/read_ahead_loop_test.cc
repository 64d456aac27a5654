// A shard whose source is far away: one partition's backlog comes in many ranges at a time.
#include "mirror/read_ahead_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "mirror/testing/shard_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;

struct ReadAheadLoopTest : ShardFixture {
  static constexpr int kBatches = 1500;
  static constexpr std::int64_t kEnd = 4 * kBatches;

  void far_away(Duration distance) {
    topics(1, 1);
    end = kEnd;
    flow.source_distance = distance;
    flow.cluster.broker(1).delay = distance;
    flow.config.source.max_partition_fetch_bytes = 1000;  // ten batches
    flow.fill(0, kBatches, 4);
  }

  void expect_all() {
    EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, kEnd));
    EXPECT_EQ(flow.committed[0], kEnd);
  }

  // Something happens while much is under way.
  void disturb(const std::function<void()>& act) {
    far_away(milliseconds(50));
    runtime.run(begin());
    while (!shard->slots()[0]->ahead) runtime.run(wait(milliseconds(1)));
    runtime.run(wait(milliseconds(120)));
    ASSERT_TRUE(shard->slots()[0]->ahead);
    act();
    const bool ended = runtime.run(all_ended(seconds(60)));
    EXPECT_TRUE(ended);
    runtime.run(finish());
    expect_all();
  }
};

TEST_F(ReadAheadLoopTest, ALongLinkIsFilled) {
  far_away(milliseconds(50));
  EXPECT_LT(mirror_all(), seconds(2)) << "one fetch after the other takes more than seven";
  EXPECT_LT(flow.fetches, kBatches / 10 * 5 / 4);
  EXPECT_GT(flow.cluster.broker(1).connections, 5);
  EXPECT_EQ(shard->budget().used_bytes(), 0u);
  expect_all();
}

TEST_F(ReadAheadLoopTest, ANearSourceIsReadAsEver) {
  far_away(milliseconds(15));
  mirror_all();
  EXPECT_LE(flow.cluster.broker(1).connections, 3);
  expect_all();
}

TEST_F(ReadAheadLoopTest, ALaneThatIsNotFarBehindIsReadAsEver) {
  far_away(milliseconds(50));
  flow.source[0].resize(40);
  end = 160;
  mirror_all();
  EXPECT_LE(flow.cluster.broker(1).connections, 3);
}

TEST_F(ReadAheadLoopTest, ALostConnectionCostsNothing) {
  disturb([this] { flow.cluster.broker(1).hang_up(); });
}

TEST_F(ReadAheadLoopTest, AnErrorIsSeenByTheFetchLoop) {
  disturb([this] {
    flow.fetch_error = ErrorCode::kNotLeaderOrFollower;
    runtime.run(wait(seconds(3)));
    EXPECT_FALSE(shard->slots()[0]->ahead);
    EXPECT_EQ(shard->budget().used_bytes(), 0u);
    flow.fetch_error = ErrorCode::kNone;
  });
}

TEST_F(ReadAheadLoopTest, APartitionMayMove) {
  disturb([this] {
    flow.cluster.topics["orders"][0] = 2;
    shard->source().request_refresh();
  });
}

TEST_F(ReadAheadLoopTest, ABlockedLaneHoldsNothing) {
  disturb([this] {
    flow.refusal = [](auto, const auto&) { return ErrorCode::kNotEnoughReplicas; };
    runtime.run(wait(seconds(10)));
    EXPECT_TRUE(shard->slots()[0]->lane.blocked());
    EXPECT_FALSE(shard->slots()[0]->ahead);
    EXPECT_LT(shard->budget().used_bytes(), 3000u) << "what was sent, and the head";
    flow.refusal = nullptr;
  });
}

// It is asked for no more than the destination takes, and holds little of it.
TEST_F(ReadAheadLoopTest, ASlowDestinationIsNotOverrun) {
  far_away(milliseconds(50));
  end = 2000;
  flow.produce_time = milliseconds(50);
  runtime.run(begin());
  runtime.run(wait(seconds(3)));
  EXPECT_LT(shard->budget().used_bytes(), 16'000u);
  const bool ended = runtime.run(all_ended(seconds(60)));
  EXPECT_TRUE(ended);
  runtime.run(finish());
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 2000));
}

TEST_F(ReadAheadLoopTest, TheEndDoesNotWaitForRanges) {
  far_away(seconds(1));
  end.reset();
  runtime.run(begin());
  while (!shard->slots()[0]->ahead) runtime.run(wait(milliseconds(10)));
  runtime.run(wait(milliseconds(1500)));
  runtime.run(finish());
  EXPECT_TRUE(drained);
  EXPECT_LT(drain_time, milliseconds(10));
}

// Where nothing else has room, ranges wait, and the lane goes on all the same.
TEST_F(ReadAheadLoopTest, TheSmallestBudgetIsKeptTo) {
  budget_bytes = 64 << 10;
  far_away(milliseconds(50));
  flow.config.source.max_partition_fetch_bytes = 20'000;
  mirror_all();
  expect_all();
}

TEST_F(ReadAheadLoopTest, KeyLanesAreReadAheadAsWell) {
  mode = LaneMode::kKey;
  topics(1, 3);
  end = 4000;
  flow.source_distance = milliseconds(50);
  flow.cluster.broker(1).delay = milliseconds(50);
  flow.config.source.max_partition_fetch_bytes = 1000;
  for (int i = 0; i < 400; ++i) {
    TestBatch batch{.base_offset = 10 * i, .records = {}};
    for (int j = 0; j < 10; ++j) {
      batch.records.push_back({fmt::format("{}", j), fmt::format("{}", 10 * i + j)});
    }
    flow.source[0].push_back(source_batch(batch));
  }
  EXPECT_LT(mirror_all(), seconds(4));
  std::map<int, std::vector<int>> by_key;
  for (const auto& [partition, values] : flow.copy) {
    for (const std::string& value : values) {
      by_key[std::stoi(value) % 10].push_back(std::stoi(value));
    }
  }
  ASSERT_EQ(by_key.size(), 10u);
  for (const auto& [key, values] : by_key) {
    EXPECT_EQ(values.size(), 400u);
    EXPECT_TRUE(std::ranges::is_sorted(values));
  }
}

}  // namespace
}  // namespace kmirror::mirror
