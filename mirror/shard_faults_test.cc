// What a shard does while brokers fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "mirror/testing/shard_fixture.h"
#include "protocol/messages/fetch.h"

namespace kmirror::mirror {
namespace {

using protocol::BatchView;
using protocol::ErrorCode;
using testing::HasSubstr;

using ShardFaultsTest = ShardFixture;

// Every few requests the broker crashes before or after it stored the batches, or is no leader.
TEST_F(ShardFaultsTest, FailingDestinationsGetEverythingOnceAndInOrder) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    topics(3, 3);
    end = 200;
    flow.config.source.max_partition_fetch_bytes = 400;
    for (const int partition : {0, 1, 2}) flow.fill(partition, 50, 4);
    Random random(seed);
    int faults = 60;
    flow.on_produce = [&] {
      if (faults == 0 || random.below(3) > 0) return;
      --faults;
      flow.cluster.broker(1).hang_up();
      flow.cluster.broker(2).hang_up();
      const auto moved = random.below(3);
      flow.cluster.topics["copy"][moved] = 1 + static_cast<std::int32_t>(random.below(2));
    };
    flow.refusal = [&](auto, const auto&) {
      if (faults == 0 || random.below(4) > 0) return ErrorCode::kNone;
      --faults;
      return random.below(2) > 0 ? ErrorCode::kNotLeaderOrFollower : ErrorCode::kRequestTimedOut;
    };
    mirror_all(seconds(600));
    for (const int partition : {0, 1, 2}) {
      ASSERT_EQ(flow.copy[partition], FakeFlow::numbers(0, 200)) << "seed " << seed;
      ASSERT_EQ(flow.committed[partition], 200);
    }
    start_again();
  }
}

// Keys are "<source partition>-<n>", so that what a key's records must be is known.
TEST_F(ShardFaultsTest, KeysKeepTheirOrderThroughFailuresAndOtherLanesRefusals) {
  mode = LaneMode::kKey;
  end = 200;
  flow.config.source.max_partition_fetch_bytes = 1000;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    topics(3, 2);
    for (const int partition : {0, 1, 2}) fill_keyed(partition);
    Random random(seed);
    int faults = 40;
    flow.refusal = [&](auto, const BatchView& batch) {
      // Of partition 2 nothing is taken from a certain record on.
      if (as_text(batch.payload()).find("2:77") != std::string_view::npos) {
        return ErrorCode::kInvalidRecord;
      }
      if (faults == 0 || random.below(3) > 0) return ErrorCode::kNone;
      --faults;
      if (random.below(2) > 0) flow.cluster.broker(2).hang_up();
      return random.below(2) > 0 ? ErrorCode::kNotLeaderOrFollower : ErrorCode::kRequestTimedOut;
    };
    mirror_all(seconds(600));
    std::map<std::string, std::vector<int>> by_key;  // 7 keys a source partition
    for (const auto& [partition, values] : flow.copy) {
      for (const std::string& value : values) {
        const int number = std::stoi(value.substr(2));
        by_key[fmt::format("{}-{}", value[0], number % 7)].push_back(number);
      }
    }
    for (const auto& [key, numbers] : by_key) {
      ASSERT_TRUE(std::ranges::is_sorted(numbers, std::less_equal<>())) << key << ", seed " << seed;
      const std::size_t all = std::stoi(key.substr(2)) < 4 ? 29 : 28;
      ASSERT_TRUE(key[0] == '2' || numbers.size() == all) << key << ", seed " << seed;
    }
    ASSERT_EQ(flow.committed[0] + flow.committed[1], 400) << "seed " << seed;
    ASSERT_LE(flow.committed[2], 77) << "seed " << seed;
    ASSERT_EQ(shard->report().stop_reasons.size(), 1u);
    start_again();
  }
}

TEST_F(ShardFaultsTest, ARefusedBatchStopsItsPartitionAloneAndProgressStaysBeforeIt) {
  topics(2, 2);
  end = 40;
  for (const int partition : {0, 1}) flow.fill(partition, 10, 4);
  flow.refusal = [&](std::int32_t partition, const BatchView&) {
    const bool refused = partition == 1 && flow.copy[1].size() >= 12;
    return refused ? ErrorCode::kMessageTooLarge : ErrorCode::kNone;
  };
  mirror_all();
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 40));
  EXPECT_EQ(flow.copy[1], FakeFlow::numbers(0, 12));
  EXPECT_EQ(flow.committed[0], 40);
  EXPECT_EQ(flow.committed[1], 12);
  ASSERT_EQ(shard->report().stop_reasons.size(), 1u);
  EXPECT_THAT(shard->report().stop_reasons[0],
              HasSubstr("topic orders partition 1: from offset 12"));
  EXPECT_THAT(shard->report().stop_reasons[0], HasSubstr("MESSAGE_TOO_LARGE"));
  EXPECT_LT(drain_time, seconds(2));
}

TEST_F(ShardFaultsTest, GoesOnWhereRetentionLeftOff) {
  topics(1, 1);
  end = 40;
  flow.fill(0, 10, 4);
  flow.log_start = 16;
  mirror_all();
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(16, 40));
  EXPECT_EQ(shard->report().counters.lost_records, 16u);
  EXPECT_EQ(flow.committed[0], 40);
}

TEST_F(ShardFaultsTest, TheEndDoesNotWaitForASourceThatIsGone) {
  topics(1, 1);
  flow.fill(0, 10, 4);
  runtime.run(begin());
  runtime.run(wait(seconds(2)));
  shard->stop_fetching();
  flow.cluster.broker(1).hang_up();
  runtime.run(finish());
  EXPECT_TRUE(drained);
  EXPECT_LT(drain_time, seconds(1));
  EXPECT_EQ(flow.committed[0], 40);
}

TEST_F(ShardFaultsTest, ASourceThatCannotBeReadFromStopsItsPartitionsWithASentence) {
  topics(1, 1);
  flow.cluster.broker(1).versions.erase(protocol::FetchRequest::kApi.key);
  runtime.run(begin());
  runtime.run(wait(seconds(2)));
  ASSERT_EQ(shard->report().stop_reasons.size(), 1u);
  EXPECT_THAT(shard->report().stop_reasons[0], HasSubstr("offers no version of Fetch"));
  runtime.run(finish());
}

// While brokers restart, metadata names no leader, or does not know a topic yet.
TEST_F(ShardFaultsTest, PartitionsWithoutALeaderGoOnSoonAfterTheyHaveOne) {
  topics(2, 2);
  end = 40;
  for (const int partition : {0, 1}) flow.fill(partition, 10, 4);
  flow.cluster.topics["orders"][0] = -1;
  flow.cluster.topics["copy"][1] = -1;
  runtime.run(begin());
  runtime.run(wait(seconds(20)));
  EXPECT_LT(flow.cluster.broker(1).seen.size(), 100u);
  topics(2, 2);
  EXPECT_TRUE(runtime.run(all_ended(seconds(5))));
  runtime.run(finish());
}

TEST_F(ShardFaultsTest, ATopicThatABrokerDoesNotKnowYetIsLookedForAgain) {
  topics(1, 1);
  end = 40;
  flow.fill(0, 10, 4);
  const auto made = plans();
  flow.cluster.topics.erase("copy");
  runtime.run(begin_with(made));
  runtime.run(wait(seconds(2)));
  topics(1, 1);
  EXPECT_TRUE(runtime.run(all_ended(seconds(5))));
  runtime.run(finish());
}

// Brokers that have just started say of a topic that they do not know its leaders yet, for longer
// than one that is not named at all counts as deleted.
TEST_F(ShardFaultsTest, TopicsWhosePartitionsAreNotKnownYetAreNotTakenForDeleted) {
  flow.config.destination.client.metadata_max_age = seconds(1);
  flow.config.source.client.metadata_max_age = seconds(1);
  for (const bool forgotten_first : {false, true}) {
    topics(2, 2);
    end = 40;
    for (const int partition : {0, 1}) flow.fill(partition, 5, 4);
    runtime.run(begin());
    runtime.run(wait(seconds(2)));
    if (forgotten_first) {
      flow.cluster.topics.clear();
      runtime.run(wait(seconds(5)));
    }
    topics(0, 0);
    runtime.run(wait(seconds(30)));
    EXPECT_THAT(shard->report().stop_reasons, testing::IsEmpty());
    topics(2, 2);
    flow.source.clear();
    for (const int partition : {0, 1}) flow.fill(partition, 10, 4);
    EXPECT_TRUE(runtime.run(all_ended(seconds(30))));
    runtime.run(finish());
    EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 40));
    start_again();
  }
}

// The answer of the old leader makes room for what the new leader is to get.
TEST_F(ShardFaultsTest, AnAnswerOfTheOldLeaderLetsTheNewOneGoOn) {
  topics(1, 1);
  flow.fill(0, 10, 4);
  flow.config.destination.client.metadata_max_age = seconds(10);
  flow.produce_time = seconds(12);
  flow.on_produce = [&] { flow.produce_time = {}; };
  runtime.run(begin());
  runtime.run(wait(seconds(1)));
  flow.cluster.topics["copy"][0] = 1;
  runtime.run(wait(seconds(14)));
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 40));
  runtime.run(finish());
}

TEST_F(ShardFaultsTest, AMovedSourceIsFollowed) {
  topics(1, 1);
  end = 80;
  flow.fill(0, 10, 4);
  runtime.run(begin());
  runtime.run(wait(seconds(2)));
  flow.cluster.topics["orders"][0] = 2;
  flow.cluster.broker(1).accepts = false;
  flow.cluster.broker(1).hang_up();
  flow.source.clear();
  flow.fill(0, 20, 4);
  EXPECT_TRUE(runtime.run(all_ended(seconds(30))));
  runtime.run(finish());
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(0, 80));
}

}  // namespace
}  // namespace kmirror::mirror
