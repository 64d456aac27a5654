// What a shard does while all is well.
#include "mirror/shard.h"

#include <gtest/gtest.h>

#include <map>

#include "mirror/testing/shard_fixture.h"
#include "protocol/records/partitioner.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;

using ShardTest = ShardFixture;

TEST_F(ShardTest, MirrorsEveryPartitionAndCommitsItsEnd) {
  topics(3, 3);
  end = 40;
  for (const int partition : {0, 1, 2}) flow.fill(partition, 10, 4);
  mirror_all();
  for (const int partition : {0, 1, 2}) {
    EXPECT_EQ(flow.copy[partition], FakeFlow::numbers(0, 40));
    EXPECT_EQ(flow.committed[partition], 40);
  }
  const Counters counters = shard->report().counters;
  EXPECT_EQ(counters.records, 120u);
  EXPECT_EQ(counters.decompressed + counters.rebuilt, 0u);
  EXPECT_EQ(shard->report().lag, 0);
}

TEST_F(ShardTest, CommitsTheStartBeforeAnythingIsMirrored) {
  topics(1, 1);
  flow.refusal = [](auto, const auto&) { return ErrorCode::kNotEnoughReplicas; };
  flow.fill(0, 1, 4);
  runtime.run(begin());
  EXPECT_EQ(flow.committed.at(0), 0);
  flow.refusal = nullptr;
  runtime.run(wait(seconds(1)));
  runtime.run(finish());
  EXPECT_EQ(flow.committed.at(0), 4);
}

TEST_F(ShardTest, SplitsByKeyOverAllPartitions) {
  topics(2, 3);
  mode = LaneMode::kKey;
  end = 60;
  std::map<std::int32_t, std::size_t> expected;
  for (const int partition : {0, 1}) {
    TestBatch batch{.records = {}};
    for (int i = 0; i < 60; ++i) {
      const std::string key = std::to_string(i);
      batch.records.push_back({key, key});
      ++expected[protocol::partition_for_key(as_bytes(key), 3)];
    }
    flow.source[partition].push_back(source_batch(batch));
  }
  mirror_all();
  for (const auto& [partition, count] : expected) EXPECT_EQ(flow.copy[partition].size(), count);
}

TEST_F(ShardTest, AQuietPartitionDoesNotHoldUpABusyOne) {
  topics(2, 2);
  flow.config.source.max_partition_fetch_bytes = 100;
  flow.fill(0, 100, 4);
  flow.produce_time = milliseconds(5);
  runtime.run(begin());
  runtime.run(wait(seconds(3)));
  EXPECT_EQ(flow.copy[0].size(), 400u) << "a fetch waits 500 ms where there is nothing to read";
  runtime.run(finish());
}

TEST_F(ShardTest, QuietPartitionsAreNotAskedForInALoop) {
  topics(2, 2);
  runtime.run(begin());
  runtime.run(wait(seconds(10)));
  EXPECT_LE(flow.fetches, 22);
  runtime.run(finish());
}

TEST_F(ShardTest, SmallBudgetsPassEverything) {
  for (const auto each : {LaneMode::kIdentity, LaneMode::kKey}) {
    mode = each;
    topics(2, 2);
    end = 400;
    budget_bytes = 1000;
    for (const int partition : {0, 1}) flow.fill(partition, 100, 4);
    mirror_all();
    EXPECT_EQ(flow.copy[0].size() + flow.copy[1].size(), 800u);
    EXPECT_EQ(shard->budget().used_bytes(), 0u);
    start_again();
  }
}

}  // namespace
}  // namespace kmirror::mirror
