#include "broker/partition.h"

#include <gtest/gtest.h>

#include "broker/testing/batches.h"

namespace kmirror::broker {
namespace {

using std::chrono::seconds;

struct PartitionTest : testing::Test {
  Partition partition{{1, 2, 3}, ProducerRules{}};

  void append(int records) {
    partition.log.append(batch({.records = records}), partition.leader_epoch(), 1 << 20);
    partition.on_replicated(partition.leader(), partition.log.end_offset());
  }
  void replicate(std::int64_t end_offset) {
    for (const std::int32_t node : {1, 2, 3}) partition.on_replicated(node, end_offset);
  }
};

TEST_F(PartitionTest, TheHighWatermarkIsWhatAllInSyncHave) {
  append(5);
  EXPECT_EQ(partition.high_watermark(), 0);
  partition.on_replicated(2, 5);
  EXPECT_EQ(partition.high_watermark(), 0);
  partition.on_replicated(3, 5);
  EXPECT_EQ(partition.high_watermark(), 5);
  append(2);
  partition.on_replicated(2, 7);
  partition.set_in_sync(3, false);
  EXPECT_EQ(partition.high_watermark(), 7) << "one less to wait for";
}

TEST_F(PartitionTest, ACleanElectionLosesOnlyWhatWasNotReplicated) {
  append(5);
  replicate(5);
  append(2);
  partition.elect(2, TimePoint());
  EXPECT_EQ(partition.leader(), 2);
  EXPECT_EQ(partition.leader_epoch(), 1);
  EXPECT_EQ(partition.log.end_offset(), 5);
  EXPECT_EQ(partition.high_watermark(), 5);
}

TEST_F(PartitionTest, AnUncleanElectionLosesWhatWasAcknowledged) {
  append(5);
  replicate(5);
  partition.set_in_sync(3, false);
  append(2);
  partition.on_replicated(2, 7);
  EXPECT_EQ(partition.high_watermark(), 7);
  partition.elect(3, TimePoint());
  EXPECT_EQ(partition.log.end_offset(), 5);
  EXPECT_EQ(partition.high_watermark(), 5);
  EXPECT_EQ(partition.in_sync(), (std::set<std::int32_t>{3}));
}

TEST_F(PartitionTest, ALeaderThatComesBackHasWhatItHad) {
  append(5);
  partition.elect(-1, TimePoint());
  EXPECT_EQ(partition.leader(), -1);
  partition.elect(1, TimePoint());
  EXPECT_EQ(partition.log.end_offset(), 5);
}

TEST_F(PartitionTest, OthersHearOfAnElectionLater) {
  const TimePoint now = TimePoint() + seconds(100);
  partition.elect(2, now);
  EXPECT_EQ(partition.leadership(3, now + seconds(1), seconds(2)).leader, 1);
  EXPECT_EQ(partition.leadership(3, now + seconds(2), seconds(2)).leader, 2);
  EXPECT_EQ(partition.leadership(3, now, {}).leader, 2);
  EXPECT_EQ(partition.leadership(1, now, seconds(2)).leader, 2) << "it was told to stop";
}

TEST_F(PartitionTest, AReplicaDoesNotForgetWhatItHas) {
  append(5);
  replicate(5);
  partition.on_replicated(2, 3);
  EXPECT_EQ(partition.extent_at(2).end_offset, 5);
}

}  // namespace
}  // namespace kmirror::broker
