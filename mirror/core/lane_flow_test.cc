// Lanes over time: splitting by key, ends, credit, and the room they have for what they build.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "mirror/core/lane.h"
#include "mirror/testing/batches.h"
#include "protocol/records/partitioner.h"

namespace kmirror::mirror {
namespace {

using compression::Codec;
using testing::IsEmpty;

struct LaneFlowTest : testing::Test {
  net::SlabPool slabs;
  Counters counters;
  std::size_t budget_bytes = 32 << 20;
  std::optional<Budget> budget;
  Lane::Settings settings{.topic = "orders", .partition = 1, .destination_topic = "orders"};
  std::optional<Lane> lane;

  void start_at(std::int64_t offset) {
    lane.reset();
    budget.emplace(budget_bytes, slabs);
    lane.emplace(settings, Position{offset}, counters, *budget);
  }

  void fetch(ConstBytes records) {
    net::SlabRef slab = slabs.allocate(records.size());
    std::ranges::copy(records, slab.bytes().begin());
    lane->on_fetched(slab, slab.bytes(), {});
  }

  std::vector<Lane::Routed> mirror(ConstBytes records) {
    fetch(records);
    return lane->pump();
  }

  void acknowledge(const std::vector<Lane::Routed>& routed) {
    for (const Lane::Routed& item : routed) lane->on_acknowledged(item.batch);
  }
};

TEST_F(LaneFlowTest, SplitsByKeyAsJavaDoesAndKeepsTheOrderOfEachKey) {
  settings.mode = LaneMode::kKey;
  for (const std::int32_t partitions : {1, 3, 8, 12}) {
    settings.destination_partitions = partitions;
    start_at(0);
    Buffer chunk;
    std::map<std::int32_t, std::vector<TestRecord>> expected;
    int number = 0;
    for (int batch = 0; batch < 10; ++batch) {
      TestBatch made{.base_offset = number, .records = {}};
      for (int i = 0; i < 20; ++i, ++number) {
        const std::string key = "key " + std::to_string(number % 17);
        made.records.push_back({key, std::to_string(number)});
        const auto where = protocol::partition_for_key(as_bytes(key), partitions);
        expected[where].push_back(made.records.back());
      }
      const Buffer bytes = source_batch(made);
      chunk.insert(chunk.end(), bytes.begin(), bytes.end());
    }
    const auto routed = mirror(chunk);
    std::map<std::int32_t, std::vector<TestRecord>> found;
    for (const Lane::Routed& item : routed) {
      for (const TestRecord& record : records_of(item.batch)) {
        found[item.partition].push_back(record);
      }
    }
    EXPECT_EQ(found, expected) << partitions;
    EXPECT_EQ(lane->progress().committable().offset, 0);
    acknowledge(routed);
    EXPECT_EQ(lane->progress().committable().offset, 200);
  }
}

TEST_F(LaneFlowTest, BuiltBatchesStayBelowTheirLimit) {
  settings.mode = LaneMode::kKey;
  settings.batch_bytes_max = 500;
  start_at(0);
  TestBatch batch{.records = {}};
  for (int i = 0; i < 20; ++i) batch.records.push_back({"k", std::string(100, 'x')});
  const auto routed = mirror(source_batch(batch));
  EXPECT_GE(routed.size(), 5u);
  for (const Lane::Routed& item : routed) EXPECT_LE(item.batch.records.size(), 500u);
  lane->on_acknowledged(routed.back().batch);
  EXPECT_EQ(lane->progress().committable().offset, 0);
}

TEST_F(LaneFlowTest, EndsExactlyAtItsEnd) {
  for (const auto mode : {LaneMode::kIdentity, LaneMode::kKey}) {
    settings.mode = mode;
    start_at(0);
    lane->set_end(4);
    Buffer chunk = source_batch(numbered_batch(0, 4));
    const Buffer later = source_batch(numbered_batch(4, 4));
    chunk.insert(chunk.end(), later.begin(), later.end());
    const auto routed = mirror(chunk);
    ASSERT_EQ(routed.size(), 1u);
    EXPECT_EQ(routed[0].batch.record_count, 4);
    EXPECT_FALSE(lane->wants_fetch());
    EXPECT_FALSE(lane->reached_end());
    acknowledge(routed);
    EXPECT_TRUE(lane->reached_end());
    EXPECT_EQ(lane->progress().committable(), (Position{4, 4}));
  }
}

TEST_F(LaneFlowTest, AnEmptyPartitionHasReachedItsEnd) {
  start_at(7);
  lane->set_end(7);
  EXPECT_TRUE(lane->reached_end());
  EXPECT_FALSE(lane->wants_fetch());
}

// Compaction may have taken all that stood between the position and the end.
TEST_F(LaneFlowTest, AGapUpToTheEndIsTheEnd) {
  for (const auto mode : {LaneMode::kIdentity, LaneMode::kKey}) {
    settings.mode = mode;
    start_at(0);
    lane->set_end(9);
    Buffer chunk = source_batch(numbered_batch(0, 4));
    const Buffer later = source_batch(numbered_batch(12, 1));
    chunk.insert(chunk.end(), later.begin(), later.end());
    const auto routed = mirror(chunk);
    EXPECT_FALSE(lane->wants_fetch());
    EXPECT_FALSE(lane->reached_end());
    acknowledge(routed);
    EXPECT_TRUE(lane->reached_end());
    EXPECT_EQ(lane->progress().committable(), (Position{9, 4}));
  }
}

TEST_F(LaneFlowTest, FetchesNothingWhileTooMuchIsUnacknowledged) {
  const Buffer batch = source_batch(numbered_batch(0, 4));
  settings.credit_bytes = batch.size() + 1;
  start_at(0);
  const auto first = mirror(batch);
  EXPECT_TRUE(lane->wants_fetch());
  const auto second = mirror(source_batch(numbered_batch(4, 4)));
  EXPECT_FALSE(lane->wants_fetch());
  acknowledge(first);
  EXPECT_TRUE(lane->wants_fetch());
}

TEST_F(LaneFlowTest, LetsSmallBatchesGatherAtTheSourceWhileNoneCanBeSent) {
  for (const bool coalesce : {true, false}) {
    settings.coalesce = coalesce;
    start_at(0);
    std::vector<std::vector<Lane::Routed>> sent;
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(lane->wants_fetch());
      sent.push_back(mirror(source_batch(numbered_batch(4 * i, 4))));
    }
    EXPECT_EQ(lane->wants_fetch(), !coalesce);
    EXPECT_FALSE(lane->waits_for_room());
    acknowledge(sent[0]);
    EXPECT_TRUE(lane->wants_fetch());
  }
}

TEST_F(LaneFlowTest, GathersNothingWhereALongLineHoldsMore) {
  start_at(0);
  for (int i = 0; i < 5; ++i) mirror(source_batch(numbered_batch(4 * i, 4)));
  EXPECT_FALSE(lane->wants_fetch());
  lane->set_sendable(100'000);
  EXPECT_TRUE(lane->wants_fetch());
}

TEST_F(LaneFlowTest, LargeBatchesAreFetchedWhileOthersAreUnderWay) {
  start_at(0);
  for (int i = 0; i < 10; ++i) mirror(source_batch(numbered_batch(200 * i, 200)));
  EXPECT_TRUE(lane->wants_fetch());
}

TEST_F(LaneFlowTest, TakesItsShareButRoomForLargeBatchesAndNeverMoreThanItsCredit) {
  const Buffer batch = source_batch(numbered_batch(0, 4));
  settings.credit_bytes = 5 * batch.size();
  start_at(0);
  EXPECT_EQ(lane->take_share(100), 100u);
  EXPECT_EQ(lane->take_share(1 << 20), settings.credit_bytes);
  const auto first = mirror(batch);
  EXPECT_EQ(lane->take_share(100), 4 * batch.size());
  std::vector<std::vector<Lane::Routed>> rest;
  for (int i = 1; i < 4; ++i) rest.push_back(mirror(source_batch(numbered_batch(4 * i, 4))));
  EXPECT_FALSE(lane->wants_fetch()) << "so much is not acknowledged";
  acknowledge(first);
  EXPECT_TRUE(lane->wants_fetch());
  lane->set_sendable(10 * batch.size());
  EXPECT_TRUE(lane->wants_fetch());
}

TEST_F(LaneFlowTest, ALaneThatOpensBatchesTakesAllItsCredit) {
  settings.mode = LaneMode::kKey;
  settings.credit_bytes = 1000;
  start_at(0);
  EXPECT_EQ(lane->take_share(100), 1000u);
  settings.mode = LaneMode::kIdentity;
  settings.codec = compression::Codec::kZstd;
  start_at(0);
  EXPECT_EQ(lane->take_share(100), 1000u);
}

TEST_F(LaneFlowTest, FetchesNothingWhileAChunkIsUnderWork) {
  start_at(0);
  fetch(source_batch(numbered_batch(0, 4)));
  EXPECT_TRUE(lane->has_backlog());
  EXPECT_FALSE(lane->wants_fetch());
}

TEST_F(LaneFlowTest, BuildsOnlyWhatThereIsRoomForAndGoesOnLater) {
  settings.mode = LaneMode::kKey;
  settings.credit_bytes = 1 << 30;
  Buffer chunk;
  for (int i = 0; i < 50; ++i) {
    const Buffer batch = source_batch(numbered_batch(i * 10, 10));
    chunk.insert(chunk.end(), batch.begin(), batch.end());
  }
  budget_bytes = chunk.size() + 500;
  start_at(0);
  auto routed = mirror(chunk);
  std::vector<std::string> values;
  int rounds = 0;
  for (; !routed.empty(); ++rounds) {
    EXPECT_THAT(lane->pump(), IsEmpty()) << "there is no room while a batch is under way";
    for (const Lane::Routed& item : routed) {
      for (const TestRecord& record : records_of(item.batch)) values.push_back(*record.value);
    }
    acknowledge(routed);
    routed.clear();
    EXPECT_EQ(lane->progress().committable().offset, static_cast<std::int64_t>(values.size()));
    routed = lane->pump();
  }
  EXPECT_GT(rounds, 3);
  ASSERT_EQ(values.size(), 500u);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(values[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_FALSE(lane->has_backlog());
  EXPECT_EQ(budget->used_bytes(), 0u);
}

TEST_F(LaneFlowTest, ABudgetThatIsFullLetsOneBatchPassAtATime) {
  settings.mode = LaneMode::kKey;
  budget_bytes = 1;
  start_at(0);
  Buffer chunk = source_batch(numbered_batch(0, 4));
  const Buffer second = source_batch(numbered_batch(4, 4));
  chunk.insert(chunk.end(), second.begin(), second.end());
  auto routed = mirror(chunk);
  ASSERT_EQ(routed.size(), 1u);
  EXPECT_EQ(routed[0].batch.record_count, 4);
  EXPECT_TRUE(lane->has_backlog());
  acknowledge(routed);
  routed.clear();
  routed = lane->pump();
  ASSERT_EQ(routed.size(), 1u);
  acknowledge(routed);
  EXPECT_EQ(lane->progress().committable().offset, 8);
}

TEST_F(LaneFlowTest, RetentionThatOutranTheMirrorIsCounted) {
  start_at(5);
  const auto routed = mirror(source_batch(numbered_batch(5, 5)));
  lane->skip_to(100);
  EXPECT_EQ(counters.lost_records, 90u);
  EXPECT_EQ(lane->fetch_offset(), 100);
  EXPECT_EQ(lane->progress().committable().offset, 5);
  acknowledge(routed);
  EXPECT_EQ(lane->progress().committable().offset, 100);
}

TEST_F(LaneFlowTest, LagIsWhatTheDestinationDoesNotHave) {
  start_at(5);
  EXPECT_EQ(lane->lag(), 0);
  lane->set_high_watermark(15);
  EXPECT_EQ(lane->lag(), 10);
  const auto routed = mirror(source_batch(numbered_batch(5, 4)));
  EXPECT_EQ(lane->lag(), 10);
  acknowledge(routed);
  EXPECT_EQ(lane->lag(), 6);
}

TEST_F(LaneFlowTest, TheFirstReasonToStopIsKept) {
  start_at(0);
  lane->stop("first");
  lane->stop("second");
  EXPECT_EQ(lane->stop_reason(), "first");
}

}  // namespace
}  // namespace kmirror::mirror
