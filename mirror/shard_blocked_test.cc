// What a shard does while destination partitions take nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "mirror/testing/shard_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;

struct ShardBlockedTest : ShardFixture {
  static constexpr int kStuck = 40;
  static constexpr int kAll = 44;

  static bool has_no_leader(const std::string& line) {
    return line.find("has no leader") != std::string::npos;
  }

  void leaders_of_all(std::int32_t leader) {
    std::ranges::fill(flow.cluster.topics["copy"], leader);
  }

  void leaders_of_stuck(std::int32_t leader) {
    std::fill_n(flow.cluster.topics["copy"].begin(), kStuck, leader);
  }

  bool have_all(int first, int end, std::int64_t records) {
    for (int partition = first; partition < end; ++partition) {
      if (flow.copy[partition] != FakeFlow::numbers(0, records)) return false;
    }
    return true;
  }

  // Forty partitions take nothing from `begin_trouble` to `end_trouble`.
  void others_go_on(const std::function<void()>& begin_trouble,
                    const std::function<void()>& end_trouble) {
    topics(kAll, kAll);
    for (int partition = kStuck; partition < kAll; ++partition) {
      flow.cluster.topics["copy"][static_cast<std::size_t>(partition)] = 1;
    }
    end = 1000;
    budget_bytes = 128 << 10;
    flow.config.source.max_partition_fetch_bytes = 8000;
    for (int partition = 0; partition < kAll; ++partition) flow.fill(partition, 100, 10);
    begin_trouble();
    runtime.run(begin());
    // Eight partitions fill the memory at a time, for some six seconds.
    runtime.run(wait(seconds(90)));
    EXPECT_TRUE(have_all(kStuck, kAll, 1000)) << "partitions that nothing ails wait";
    EXPECT_LT(shard->budget().used_bytes(), budget_bytes);
    const int fetches = flow.fetches;
    runtime.run(wait(seconds(30)));
    EXPECT_EQ(flow.fetches, fetches) << "blocked partitions are polled";
    end_trouble();
    EXPECT_TRUE(runtime.run(all_ended(seconds(60))));
    runtime.run(finish());
    EXPECT_TRUE(drained);
    EXPECT_TRUE(have_all(0, kAll, 1000)) << "each record once and in order";
    EXPECT_EQ(shard->report().counters.records, 1000u * kAll);
    EXPECT_EQ(shard->report().counters.passed_through, 100u * kAll);
    EXPECT_EQ(shard->budget().used_bytes(), 0u);
    EXPECT_EQ(flow.committed[0], 1000);
  }
};

TEST_F(ShardBlockedTest, PartitionsWithoutALeaderLeaveTheOthersTheirMemory) {
  others_go_on([&] { leaders_of_stuck(-1); }, [&] { leaders_of_stuck(2); });
}

TEST_F(ShardBlockedTest, PartitionsWithoutReplicasLeaveTheOthersTheirMemory) {
  const auto refuse = [](std::int32_t partition, const auto&) {
    return partition < kStuck ? ErrorCode::kNotEnoughReplicas : ErrorCode::kNone;
  };
  others_go_on([&] { flow.refusal = refuse; }, [&] { flow.refusal = nullptr; });
}

TEST_F(ShardBlockedTest, ABrokerThatIsAwayLeavesTheOthersTheirMemory) {
  bool away = false;
  flow.on_produce = [&] {
    // It goes with the first request, so that batches were sent whose answer never comes.
    if (away) return;
    away = true;
    flow.cluster.broker(2).accepts = false;
    flow.cluster.broker(2).hang_up();
  };
  others_go_on([] {}, [&] { flow.cluster.broker(2).accepts = true; });
}

// Nothing is acknowledged when a leader comes back to partitions from which nothing was sent.
TEST_F(ShardBlockedTest, PartitionsGoOnAsSoonAsTheyHaveALeader) {
  topics(1, 1);
  flow.config.source.client.metadata_max_age = std::chrono::minutes(60);
  flow.fill(0, 100, 10);
  leaders_of_all(-1);
  runtime.run(begin());
  runtime.run(wait(seconds(60)));
  EXPECT_TRUE(flow.copy[0].empty());
  EXPECT_EQ(std::ranges::count_if(runtime.lines, has_no_leader), 1);
  leaders_of_all(2);
  runtime.run(wait(seconds(5)));
  EXPECT_TRUE(have_all(0, 1, 1000));
  leaders_of_all(-1);
  runtime.run(wait(std::chrono::minutes(6)));
  flow.source.clear();
  flow.fill(0, 110, 10);
  leaders_of_all(2);
  runtime.run(wait(std::chrono::minutes(6)));
  EXPECT_TRUE(have_all(0, 1, 1100));
  runtime.run(finish());
}

// Partitions take turns, also where each may have one batch under way alone.
TEST_F(ShardBlockedTest, NoPartitionWaitsForAllTheOthers) {
  topics(9, 9);
  flow.config.destination.max_request_size = 1;
  flow.config.destination.max_in_flight = 1;
  flow.produce_time = milliseconds(10);
  for (int partition = 0; partition < 9; ++partition) flow.fill(partition, 100, 1);
  runtime.run(begin());
  runtime.run(wait(seconds(1)));
  std::size_t least = 100, most = 0;
  for (int partition = 0; partition < 9; ++partition) {
    least = std::min(least, flow.copy[partition].size());
    most = std::max(most, flow.copy[partition].size());
  }
  EXPECT_LT(most, 100u);
  EXPECT_GT(least, 0u);
  EXPECT_LE(most - least, 2u);
  runtime.run(wait(seconds(20)));
  runtime.run(finish());
}

// Where each answer takes its time, the last in a long row waits for more than five seconds.
TEST_F(ShardBlockedTest, ASlowDestinationIsNotReadForTwice) {
  topics(20, 20);
  end = 100;
  flow.config.source.max_partition_fetch_bytes = 8000;
  flow.config.destination.max_request_size = 1;
  flow.produce_time = milliseconds(600);
  for (int partition = 0; partition < 20; ++partition) flow.fill(partition, 10, 10);
  runtime.run(begin());
  EXPECT_TRUE(runtime.run(all_ended(seconds(600))));
  runtime.run(finish());
  EXPECT_TRUE(have_all(0, 20, 100));
  EXPECT_LE(flow.fetches, 60);
}

// Memory is bounded whatever is stuck, by what was fetched before it showed.
TEST_F(ShardBlockedTest, WhatIsHeldStaysWithinTheBudget) {
  topics(kAll, kAll);
  end = 20;
  budget_bytes = 512 << 10;
  for (int partition = 0; partition < kAll; ++partition) {
    for (int first = 0; first < 20; first += 10) {
      TestBatch batch{.base_offset = first, .records = {}};
      for (int i = first; i < first + 10; ++i) {
        batch.records.push_back({"key", std::to_string(i) + std::string(6000, ' ')});
      }
      flow.source[partition].push_back(source_batch(batch));
    }
  }
  flow.refusal = [](auto, const auto&) { return ErrorCode::kNotEnoughReplicas; };
  runtime.run(begin());
  runtime.run(wait(seconds(120)));
  EXPECT_LT(shard->budget().used_bytes(), 2 * budget_bytes);
  EXPECT_GT(shard->budget().held_bytes(), budget_bytes / 2);
  flow.refusal = nullptr;
  EXPECT_TRUE(runtime.run(all_ended(seconds(60))));
  runtime.run(finish());
  EXPECT_EQ(shard->report().counters.records, 20u * kAll);
}

TEST_F(ShardBlockedTest, KeysArriveOnceAndInOrderBehindAStuckPartition) {
  mode = LaneMode::kKey;
  topics(3, 3);
  end = 200;
  flow.config.source.max_partition_fetch_bytes = 1000;
  for (const int partition : {0, 1, 2}) fill_keyed(partition);
  flow.refusal = [](std::int32_t partition, const auto&) {
    return partition == 1 ? ErrorCode::kNotEnoughReplicas : ErrorCode::kNone;
  };
  runtime.run(begin());
  runtime.run(wait(seconds(30)));
  flow.refusal = nullptr;
  EXPECT_TRUE(runtime.run(all_ended(seconds(60))));
  runtime.run(finish());
  std::map<std::string, std::vector<int>> by_key;
  for (const auto& [partition, values] : flow.copy) {
    for (const std::string& value : values) {
      const int number = std::stoi(value.substr(2));
      by_key[fmt::format("{}-{}", value[0], number % 7)].push_back(number);
    }
  }
  std::size_t count = 0;
  for (const auto& [key, numbers] : by_key) {
    EXPECT_TRUE(std::ranges::is_sorted(numbers, std::less_equal<>())) << key;
    count += numbers.size();
  }
  EXPECT_EQ(count, 600u);
}

TEST_F(ShardBlockedTest, TheLagOfABlockedPartitionGrowsWithItsSource) {
  topics(1, 1);
  flow.refusal = [](auto, const auto&) { return ErrorCode::kNotEnoughReplicas; };
  flow.fill(0, 10, 4);
  runtime.run(begin());
  runtime.run(wait(seconds(8)));
  EXPECT_EQ(shard->report().lag, 40);
  flow.source.clear();
  flow.fill(0, 30, 4);
  runtime.run(wait(seconds(12)));
  EXPECT_EQ(shard->report().lag, 120);
  flow.refusal = nullptr;
  runtime.run(wait(seconds(5)));
  EXPECT_EQ(shard->report().lag, 0);
  runtime.run(finish());
}

// What was given back is not waited for; the next start reads it again.
TEST_F(ShardBlockedTest, TheEndWaitsForWhatABlockedPartitionKept) {
  topics(1, 1);
  flow.refusal = [](auto, const auto&) { return ErrorCode::kNotEnoughReplicas; };
  flow.fill(0, 100, 4);
  runtime.run(begin());
  runtime.run(wait(seconds(10)));
  shard->stop_fetching();
  flow.refusal = nullptr;
  runtime.run(finish());
  EXPECT_TRUE(drained);
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, flow.committed[0]));
  EXPECT_GT(flow.committed[0], 0);
  EXPECT_LT(flow.committed[0], 400);
}

}  // namespace
}  // namespace kmirror::mirror
