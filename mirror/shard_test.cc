// A shard with all its loops, mirroring between scripted brokers in virtual time.
#include "mirror/shard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mirror/testing/fake_flow.h"
#include "protocol/records/partitioner.h"

namespace kmirror::mirror {
namespace {

using net::Awaitable;
using protocol::BatchView;
using protocol::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

struct ShardTest : testing::Test {
  net::VirtualRuntime runtime;
  FakeFlow flow{runtime};
  std::size_t budget_bytes = 8 << 20;
  std::optional<Shard> shard;
  std::optional<std::int64_t> end;
  LaneMode mode = LaneMode::kIdentity;
  bool drained = false;
  Duration drain_time{};

  void topics(std::size_t partitions, std::size_t copies) {
    flow.cluster.topics["orders"].assign(partitions, 1);
    flow.cluster.topics["copy"].assign(copies, 2);
  }

  std::vector<LanePlan> plans() const {
    std::vector<LanePlan> made;
    const auto copies = static_cast<std::int32_t>(flow.cluster.topics.at("copy").size());
    const auto partitions = static_cast<std::int32_t>(flow.cluster.topics.at("orders").size());
    const auto credit = static_cast<std::size_t>(flow.config.source.max_partition_fetch_bytes);
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
      LanePlan plan{.start = {}, .end = end, .metadata = "note"};
      plan.lane = {.topic = "orders",
                   .partition = partition,
                   .destination_topic = "copy",
                   .mode = mode,
                   .destination_partitions = copies,
                   .credit_bytes = credit};
      made.push_back(std::move(plan));
    }
    return made;
  }

  Awaitable<void> begin() { return begin_with(plans()); }

  Awaitable<void> begin_with(std::vector<LanePlan> made) {
    shard.emplace(runtime, flow.config, 0, budget_bytes);
    const auto started = co_await shard->start(runtime.now() + seconds(10));
    EXPECT_TRUE(started);
    const auto added = co_await shard->add_lanes(std::move(made));
    EXPECT_TRUE(added);
  }

  // Looks every 10 ms whether all lanes have ended; false if they have not after `most`.
  Awaitable<bool> all_ended(Duration most) {
    net::Wakeup pause(runtime);
    const TimePoint deadline = runtime.now() + most;
    while (shard->report().ended_lanes < shard->report().lanes) {
      if (runtime.now() >= deadline) co_return false;
      co_await pause.wait(runtime.now() + milliseconds(10));
    }
    co_return true;
  }

  Awaitable<void> wait(Duration time) {
    net::Wakeup pause(runtime);
    co_await pause.wait(runtime.now() + time);
  }

  Awaitable<void> finish() {
    const TimePoint before = runtime.now();
    shard->stop_fetching();
    drained = co_await shard->drain(runtime.now() + seconds(30));
    drain_time = runtime.now() - before;
    const auto committed = co_await shard->commit(true);
    EXPECT_TRUE(committed);
    co_await shard->close();
  }

  // Mirrors up to the ends, and returns how long that took.
  Duration mirror_all(Duration most = seconds(60)) {
    runtime.run(begin());
    const TimePoint before = runtime.now();
    const bool ended = runtime.run(all_ended(most));
    EXPECT_TRUE(ended);
    const Duration took = runtime.now() - before;
    runtime.run(finish());
    EXPECT_TRUE(drained);
    return took;
  }
};

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

// Every few requests the broker crashes before or after it stored the batches, or is no leader.
TEST_F(ShardTest, FailingDestinationsGetEverythingOnceAndInOrder) {
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
    shard.reset();
    flow.copy.clear();
    flow.source.clear();
    flow.producers.clear();
  }
}

TEST_F(ShardTest, ARefusedBatchStopsItsPartitionAloneAndProgressStaysBeforeIt) {
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
    flow.copy.clear();
    flow.producers.clear();
    flow.source.clear();
    for (const int partition : {0, 1}) flow.fill(partition, 100, 4);
    mirror_all();
    EXPECT_EQ(flow.copy[0].size() + flow.copy[1].size(), 800u);
    EXPECT_EQ(shard->budget().used_bytes(), 0u);
    shard.reset();
  }
}

TEST_F(ShardTest, GoesOnWhereRetentionLeftOff) {
  topics(1, 1);
  end = 40;
  flow.fill(0, 10, 4);
  flow.log_start = 16;
  mirror_all();
  EXPECT_EQ(flow.copy[0], FakeFlow::numbers(16, 40));
  EXPECT_EQ(shard->report().counters.lost_records, 16u);
  EXPECT_EQ(flow.committed[0], 40);
}

TEST_F(ShardTest, TheEndDoesNotWaitForASourceThatIsGone) {
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

TEST_F(ShardTest, ASourceThatCannotBeReadFromStopsItsPartitionsWithASentence) {
  topics(1, 1);
  flow.cluster.broker(1).versions.erase(protocol::FetchRequest::kApi.key);
  runtime.run(begin());
  runtime.run(wait(seconds(2)));
  ASSERT_EQ(shard->report().stop_reasons.size(), 1u);
  EXPECT_THAT(shard->report().stop_reasons[0], HasSubstr("offers no version of Fetch"));
  runtime.run(finish());
}

// While brokers restart, metadata names no leader, or does not know a topic yet.
TEST_F(ShardTest, PartitionsWithoutALeaderGoOnSoonAfterTheyHaveOne) {
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

TEST_F(ShardTest, ATopicThatABrokerDoesNotKnowYetIsLookedForAgain) {
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

// The answer of the old leader makes room for what the new leader is to get.
TEST_F(ShardTest, AnAnswerOfTheOldLeaderLetsTheNewOneGoOn) {
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

TEST_F(ShardTest, AMovedSourceIsFollowed) {
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
