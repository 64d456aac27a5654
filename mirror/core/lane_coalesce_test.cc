#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mirror/core/lane.h"
#include "mirror/testing/batches.h"

namespace kmirror::mirror {
namespace {

using compression::Codec;
using protocol::BatchView;
using testing::ElementsAre;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

// Of two records, one of them with so many bytes.
TestBatch batch_of(std::int64_t offset, Codec codec = Codec::kNone, std::size_t bytes = 1) {
  TestBatch batch = numbered_batch(offset, 2, codec);
  batch.timestamp_ms += offset;
  batch.records[0].key = std::string(bytes, 'k');
  return batch;
}

struct LaneCoalesceTest : testing::Test {
  net::SlabPool slabs;
  Counters counters;
  Budget budget{32 << 20, slabs};
  Lane::Settings settings{.topic = "orders", .partition = 3, .destination_topic = "orders"};
  std::optional<Lane> lane;
  std::vector<Buffer> chunk;
  std::int64_t next_offset = 0;

  void start() {
    lane.emplace(settings, Position{0}, counters, budget);
    chunk.clear();
    next_offset = 0;
  }

  void add(int count, Codec codec = Codec::kNone, std::size_t bytes = 1) {
    for (int i = 0; i < count; ++i, next_offset += 2) {
      chunk.push_back(source_batch(batch_of(next_offset, codec, bytes)));
    }
  }

  std::vector<Lane::Routed> mirror() {
    Buffer all;
    for (const Buffer& batch : chunk) all.insert(all.end(), batch.begin(), batch.end());
    chunk.clear();
    net::SlabRef slab = slabs.allocate(all.size());
    std::ranges::copy(all, slab.bytes().begin());
    lane->on_fetched(slab, slab.bytes(), {});
    return lane->pump();
  }

  // So that something is under way.
  void fall_behind() {
    add(1);
    behind_ = mirror();
  }

 private:
  std::vector<Lane::Routed> behind_;
};

std::vector<std::int32_t> counts_of(const std::vector<Lane::Routed>& routed) {
  std::vector<std::int32_t> counts;
  for (const Lane::Routed& item : routed) counts.push_back(item.batch.record_count);
  return counts;
}

TEST_F(LaneCoalesceTest, SmallBatchesBehindOthersBecomeOne) {
  start();
  fall_behind();
  add(4);
  auto routed = mirror();
  ASSERT_THAT(counts_of(routed), ElementsAre(8));
  const auto records = records_of(routed[0].batch);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(records[i].value, std::to_string(2 + i));
  const BatchView batch(routed[0].batch.header);
  EXPECT_EQ(batch.max_timestamp_ms() - batch.base_timestamp_ms(), 7);
  EXPECT_EQ(counters.joined, 4u);
  EXPECT_EQ(lane->fetch_offset(), 10);
  EXPECT_EQ(lane->progress().committable().offset, 0);
}

TEST_F(LaneCoalesceTest, WhatIsNotBehindPassesUntilNoMoreCanBeUnderWay) {
  start();
  add(12);
  EXPECT_THAT(counts_of(mirror()), ElementsAre(2, 2, 2, 2, 2, 14));
}

TEST_F(LaneCoalesceTest, CompressedBatchesPassUnopenedUntilTheyAreFarBehind) {
  for (const Codec codec : kCodecs) {
    if (codec == Codec::kNone) continue;
    counters = {};
    start();
    fall_behind();
    add(64, codec);
    EXPECT_EQ(mirror().size(), 64u);
    EXPECT_EQ(counters.decompressed, 0u);
    add(70, codec);
    const auto routed = mirror();
    ASSERT_EQ(routed.size(), 65u);
    EXPECT_EQ(routed[64].batch.record_count, 12);
    EXPECT_EQ(BatchView(routed[64].batch.header).codec(), codec);
    EXPECT_EQ(records_of(routed[64].batch).back().value, std::to_string(next_offset - 1));
    EXPECT_EQ(counters.joined, 6u);
  }
}

TEST_F(LaneCoalesceTest, LargeBatchesAndSingleOnesPassUnopened) {
  start();
  fall_behind();
  add(1);
  add(1, Codec::kNone, 4096);
  add(3);
  add(1, Codec::kNone, 4096);
  add(1);
  EXPECT_THAT(counts_of(mirror()), ElementsAre(2, 2, 6, 2, 2));
  EXPECT_EQ(counters.rebuilt, 3u);
}

TEST_F(LaneCoalesceTest, ABatchOfAnotherCodecBeginsAnotherRun) {
  start();
  add(64);
  add(2, Codec::kLz4);
  add(2, Codec::kZstd);
  add(2);
  EXPECT_THAT(counts_of(mirror()), ElementsAre(2, 2, 2, 2, 2, 118, 2, 2, 2, 2, 4));
}

TEST_F(LaneCoalesceTest, MarkersKeepTheirPlace) {
  start();
  fall_behind();
  add(2);
  chunk.push_back(source_batch(marker_batch(next_offset++, 7, true)));
  add(2);
  auto routed = mirror();
  EXPECT_THAT(counts_of(routed), ElementsAre(4, 4));
  EXPECT_EQ(routed[1].batch.first_offset, 7);
}

TEST_F(LaneCoalesceTest, NothingIsJoinedWhereItIsTurnedOff) {
  settings.coalesce = false;
  start();
  fall_behind();
  add(9);
  EXPECT_EQ(mirror().size(), 9u);
  EXPECT_EQ(counters.rebuilt, 0u);
}

// As it would alone, though it is found to be so by the destination.
TEST_F(LaneCoalesceTest, WhatIsDamagedPassesByItself) {
  start();
  fall_behind();
  add(4);
  chunk[2].back() ^= 1;
  EXPECT_THAT(counts_of(mirror()), ElementsAre(4, 2, 2));
  EXPECT_FALSE(lane->stopped());
  EXPECT_EQ(lane->fetch_offset(), 10);
}

TEST_F(LaneCoalesceTest, CompressedBatchesThatHoldMuchPassUnopened) {
  for (const auto& [records, bytes] : {std::pair{2, 100'000}, std::pair{5, 1}}) {
    counters = {};
    start();
    for (int i = 0; i < 80; ++i, next_offset += records) {
      TestBatch batch = numbered_batch(next_offset, records, Codec::kZstd);
      batch.records[0].key = std::string(static_cast<std::size_t>(bytes), 'k');
      chunk.push_back(source_batch(batch));
      ASSERT_LT(chunk.back().size(), 4096u);
    }
    EXPECT_EQ(mirror().size(), 80u);
    EXPECT_EQ(counters.passed_through, 80u);
  }
}

// Joined, its records would have the time of their batch; passed on, they have their own.
TEST_F(LaneCoalesceTest, LogAppendTimeIsNotJoined) {
  start();
  for (int i = 0; i < 8; ++i, next_offset += 2) {
    TestBatch batch = batch_of(next_offset);
    batch.attributes = protocol::batch_attribute::kLogAppendTime;
    chunk.push_back(source_batch(batch));
  }
  EXPECT_EQ(mirror().size(), 8u);
}

}  // namespace
}  // namespace kmirror::mirror
