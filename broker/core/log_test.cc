#include "broker/core/log.h"

#include <gtest/gtest.h>

#include "broker/testing/batches.h"

namespace kmirror::broker {
namespace {

constexpr std::size_t kLarge = 1 << 20;
constexpr std::int64_t kAll = 1 << 30;

struct LogTest : testing::Test {
  Log log{ProducerRules{}};

  std::int64_t append(const BatchOf& wanted, std::int32_t epoch = 0) {
    return log.append(batch(wanted), epoch, kLarge);
  }

  std::vector<std::int64_t> offsets_from(std::int64_t offset, std::size_t bytes_max = kLarge) {
    std::vector<std::int64_t> offsets;
    for (const LogSlice& slice : log.read(offset, kAll, bytes_max, true)) {
      offsets.push_back(load_be<std::int64_t>(slice.bytes.data()));
    }
    return offsets;
  }
};

using Offsets = std::vector<std::int64_t>;

TEST_F(LogTest, BatchesGetTheNextOffsetsAndTheLeadersEpoch) {
  EXPECT_EQ(append({.records = 3}), 0);
  EXPECT_EQ(append({.records = 2}, 4), 3);
  EXPECT_EQ(log.end_offset(), 5);
  const auto slices = log.read(3, kAll, kLarge, true);
  ASSERT_EQ(slices.size(), 1u);
  const protocol::BatchView view(slices[0].bytes);
  EXPECT_EQ(view.base_offset(), 3);
  EXPECT_EQ(view.leader_epoch(), 4);
  EXPECT_TRUE(view.is_crc_valid());
}

TEST_F(LogTest, AReadBeginsWithTheBatchThatHasTheOffset) {
  append({.records = 3});
  append({.records = 3});
  append({.records = 3});
  EXPECT_EQ(offsets_from(0), (Offsets{0, 3, 6}));
  EXPECT_EQ(offsets_from(4), (Offsets{3, 6}));
  EXPECT_EQ(offsets_from(9), Offsets{});
}

TEST_F(LogTest, AReadIsCutAtItsSizeButForTheFirstBatch) {
  append({});
  append({});
  const std::size_t size = batch().size();
  EXPECT_EQ(log.read(0, kAll, 1, true).size(), 1u);
  EXPECT_EQ(log.read(0, kAll, 1, true)[0].bytes.size(), size);
  EXPECT_EQ(log.read(0, kAll, 1, false)[0].bytes.size(), 1u);
  const auto slices = log.read(0, kAll, size + 10, true);
  ASSERT_EQ(slices.size(), 2u);
  EXPECT_EQ(slices[1].bytes.size(), 10u);
  EXPECT_EQ(log.read(0, 1, kLarge, true).size(), 1u) << "nothing at or behind the limit";
}

TEST_F(LogTest, AReadDoesNotCrossSegments) {
  append({});
  log.roll();
  append({});
  EXPECT_EQ(offsets_from(0), Offsets{0});
  EXPECT_EQ(offsets_from(1), Offsets{1});
}

TEST_F(LogTest, AFullSegmentIsFollowedByAnother) {
  const std::size_t size = batch().size();
  for (int i = 0; i < 5; ++i) log.append(batch(), 0, 2 * size);
  EXPECT_EQ(log.segments().size(), 3u);
  EXPECT_EQ(log.size_bytes(), 5 * size);
}

TEST_F(LogTest, EpochsEndWhereTheNextOneBegins) {
  append({.records = 2}, 1);
  append({.records = 2}, 1);
  append({.records = 2}, 4);
  EXPECT_EQ(log.end_of_epoch(0), (EpochEnd{0, 0}));
  EXPECT_EQ(log.end_of_epoch(1), (EpochEnd{1, 4}));
  EXPECT_EQ(log.end_of_epoch(3), (EpochEnd{1, 4}));
  EXPECT_EQ(log.end_of_epoch(4), (EpochEnd{4, 6}));
  EXPECT_EQ(log.end_of_epoch(5), (EpochEnd{}));
  EXPECT_EQ(log.epoch_at(3), 1);
  EXPECT_EQ(log.epoch_at(4), 4);
}

TEST_F(LogTest, TruncationForgetsWhatItTook) {
  append({.producer_id = 7, .sequence = 0}, 1);
  append({.producer_id = 7, .sequence = 1}, 2);
  log.truncate(1);
  EXPECT_EQ(log.end_offset(), 1);
  EXPECT_EQ(log.end_of_epoch(2), (EpochEnd{}));
  ASSERT_NE(log.producers().find(7), nullptr);
  EXPECT_EQ(log.producers().find(7)->batches.back().last_sequence, 0);
  EXPECT_EQ(append({}, 3), 1);
}

TEST_F(LogTest, TruncationDoesNotBringBackWhomASweepForgot) {
  append({.timestamp_ms = 1000, .producer_id = 7});
  append({.timestamp_ms = 5000, .producer_id = 8});
  log.expire_producers(1000);
  append({.timestamp_ms = 5000, .producer_id = 7, .sequence = 1});
  append({});
  log.truncate(3);
  EXPECT_EQ(log.producers().find(7)->batches.size(), 1u) << "what came after the sweep";
  log.truncate(2);
  EXPECT_EQ(log.producers().find(7), nullptr);
  EXPECT_NE(log.producers().find(8), nullptr);
  log.truncate(1);
  EXPECT_EQ(log.producers().find(8), nullptr) << "all that it wrote is gone";
  append({.timestamp_ms = 1000, .producer_id = 9});
  append({.timestamp_ms = 1000, .producer_id = 9, .sequence = 1});
  log.truncate(2);
  EXPECT_NE(log.producers().find(9), nullptr) << "the sweep was before";
}

// Brokers know them until the next sweep.
TEST_F(LogTest, TruncationLeavesWhoBroughtOldRecordsAfterASweep) {
  log.expire_producers(1000);
  append({.timestamp_ms = 500, .producer_id = 7});
  append({.timestamp_ms = 500, .producer_id = 7, .sequence = 1});
  append({});
  log.truncate(1);
  ASSERT_NE(log.producers().find(7), nullptr);
  EXPECT_EQ(log.producers().find(7)->batches.size(), 1u);
}

TEST_F(LogTest, TruncationLeavesWhomRetentionTookTheRecordsOf) {
  append({.producer_id = 7});
  log.roll();
  append({});
  append({});
  log.advance_start(1);
  log.truncate(2);
  EXPECT_NE(log.producers().find(7), nullptr);
}

TEST_F(LogTest, ABrokerThatBeginsAgainForgetsWhoHasExpired) {
  append({.timestamp_ms = 1000, .producer_id = 7});
  append({.timestamp_ms = 5000, .producer_id = 8});
  append({.timestamp_ms = 5000, .producer_id = 8, .sequence = 1});
  log.reload_producers(1000);
  EXPECT_EQ(log.producers().find(7), nullptr);
  ASSERT_NE(log.producers().find(8), nullptr);
  EXPECT_EQ(log.producers().find(8)->batches.size(), 1u);
}

TEST_F(LogTest, ATransactionWhoseMarkerIsTruncatedIsOpenAgain) {
  append({});
  append({.producer_id = 7, .is_transactional = true});
  log.append_marker(7, 0, false, 0, 2000, 0);
  append({});
  EXPECT_EQ(log.last_stable_offset(4), 4);
  log.truncate(2);
  EXPECT_EQ(log.last_stable_offset(2), 1);
  EXPECT_TRUE(log.aborted_between(0, 2).empty());
  log.truncate(1);
  EXPECT_EQ(log.last_stable_offset(1), 1);
}

TEST_F(LogTest, RecordsOfAnOpenTransactionAreNotStable) {
  append({});
  append({.producer_id = 7, .is_transactional = true});
  append({});
  EXPECT_EQ(log.last_stable_offset(3), 1);
  const std::int64_t marker = log.append_marker(7, 0, true, 0, 2000, 0);
  EXPECT_EQ(marker, 3);
  EXPECT_EQ(log.last_stable_offset(3), 1) << "the marker is not replicated yet";
  EXPECT_EQ(log.last_stable_offset(4), 4);
  EXPECT_TRUE(log.aborted_between(0, 4).empty());
}

TEST_F(LogTest, AbortedTransactionsAreNamedWhereTheyLie) {
  append({.producer_id = 7, .is_transactional = true});
  append({.records = 5});
  log.append_marker(7, 0, false, 0, 2000, 0);
  const auto aborted = log.aborted_between(3, 7);
  ASSERT_EQ(aborted.size(), 1u) << "it began before, and ends behind";
  EXPECT_EQ(aborted[0].producer_id, 7);
  EXPECT_EQ(aborted[0].first_offset, 0);
  EXPECT_TRUE(log.aborted_between(7, 9).empty());
}

// As UnifiedLog.read does: what is open is not read because the log begins within it.
TEST_F(LogTest, NothingIsReadOfABatchThatTheLogBeginsIn) {
  append({.records = 5, .producer_id = 7, .is_transactional = true});
  log.advance_start(3);
  const std::int64_t stable = log.last_stable_offset(5);
  EXPECT_EQ(stable, 3) << "the transaction is open";
  EXPECT_TRUE(log.read(3, stable, 1 << 20, true).empty());
  EXPECT_EQ(log.read(3, 5, 1 << 20, true).size(), 1u);
}

TEST_F(LogTest, TheStartMovesOnAndTakesWholeSegments) {
  append({.records = 3}, 1);
  log.roll();
  append({.records = 3}, 2);
  log.advance_start(2);
  EXPECT_EQ(log.start_offset(), 2);
  EXPECT_EQ(log.segments().size(), 2u);
  log.advance_start(4);
  EXPECT_EQ(log.segments().size(), 1u);
  EXPECT_EQ(log.end_of_epoch(1), (EpochEnd{1, 4}));
  log.advance_start(3);
  EXPECT_EQ(log.start_offset(), 4) << "never back";
}

TEST_F(LogTest, RetentionGoesByTheTimesOfRecords) {
  append({.timestamp_ms = 1000});
  log.roll();
  append({.timestamp_ms = 5000});
  log.roll();
  append({.timestamp_ms = 2000});
  log.retain(3000, kAll, 3);
  EXPECT_EQ(log.start_offset(), 1) << "a young segment keeps what is behind it";
  log.retain(6000, kAll, 2);
  EXPECT_EQ(log.start_offset(), 2) << "nothing that is not replicated";
  log.retain(6000, kAll, 3);
  EXPECT_EQ(log.start_offset(), 3) << "fresh arrivals with old times go, too";
  EXPECT_EQ(append({}), 3);
}

TEST_F(LogTest, RetentionGoesBySize) {
  const std::size_t size = batch().size();
  for (int i = 0; i < 4; ++i) {
    append({});
    log.roll();
  }
  log.retain(-1, 2 * size, 4);
  EXPECT_EQ(log.start_offset(), 2);
}

TEST_F(LogTest, TimesAreFoundRecordByRecord) {
  append({.timestamp_ms = 1000});
  append({.timestamp_ms = 3000});
  append({.timestamp_ms = 2000});
  EXPECT_EQ(log.find_timestamp(1001, kAll)->offset, 1);
  EXPECT_EQ(log.find_timestamp(0, kAll)->offset, 0);
  EXPECT_FALSE(log.find_timestamp(3001, kAll));
  EXPECT_FALSE(log.find_timestamp(1001, 1)) << "behind the limit";
  EXPECT_EQ(log.newest_timestamp(kAll)->offset, 1);
}

}  // namespace
}  // namespace kmirror::broker
