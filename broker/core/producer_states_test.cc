#include "broker/core/producer_states.h"

#include <gtest/gtest.h>

#include "broker/testing/batches.h"

namespace kmirror::broker {
namespace {

using protocol::BatchView;
using protocol::ErrorCode;

constexpr std::int64_t kId = 7;

TEST(Sequences, WrapToZero) {
  EXPECT_EQ(advance_sequence(7, 1), 8);
  EXPECT_EQ(advance_sequence(2147483647, 1), 0);
  EXPECT_EQ(advance_sequence(2147483640, 10), 2);
}

struct ProducerStatesTest : testing::Test {
  ProducerStates states{ProducerRules{}};

  static Buffer of(std::int32_t sequence, std::int16_t epoch = 0, int records = 1) {
    return batch({.records = records, .producer_id = kId, .epoch = epoch, .sequence = sequence});
  }
  void append(const Buffer& bytes) { states.on_append(BatchView{ConstBytes(bytes)}); }
  ProducerStates::Verdict check(const Buffer& bytes, bool is_new_protocol = false) {
    return states.check(BatchView{ConstBytes(bytes)}, is_new_protocol);
  }
};

TEST_F(ProducerStatesTest, TheNextSequenceIsTakenAndAGapIsNot) {
  append(of(0, 0, 3));
  EXPECT_EQ(check(of(3)).error, ErrorCode::kNone);
  EXPECT_EQ(check(of(4)).error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(check(of(2)).error, ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_F(ProducerStatesTest, TheLastFiveBatchesAreKnownAgain) {
  for (int sequence = 0; sequence < 6; ++sequence) append(of(sequence));
  EXPECT_TRUE(check(of(5)).duplicate_of);
  EXPECT_TRUE(check(of(1)).duplicate_of);
  EXPECT_FALSE(check(of(0)).duplicate_of);
  EXPECT_EQ(check(of(0)).error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_FALSE(check(of(1, 0, 2)).duplicate_of) << "other boundaries";
}

TEST_F(ProducerStatesTest, AHigherEpochBeginsAtZero) {
  append(of(0, 1));
  EXPECT_EQ(check(of(1, 0)).error, ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(check(of(0, 2)).error, ErrorCode::kNone);
  EXPECT_EQ(check(of(1, 2)).error, ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_F(ProducerStatesTest, WhoIsUnknownIsTakenAsTheReleaseTakesHim) {
  const std::pair<UnknownProducer, ErrorCode> cases[] = {
      {UnknownProducer::kOutOfOrder, ErrorCode::kOutOfOrderSequenceNumber},
      {UnknownProducer::kUnknown, ErrorCode::kUnknownProducerId},
      {UnknownProducer::kAccepted, ErrorCode::kNone},
  };
  for (const auto& [rule, error] : cases) {
    states = ProducerStates({.remembered_batches = 5, .unknown = rule});
    EXPECT_EQ(check(of(9)).error, error);
    EXPECT_EQ(check(of(0)).error, ErrorCode::kNone);
  }
}

TEST_F(ProducerStatesTest, ProducersExpireByTheTimesOfTheirRecords) {
  append(batch({.timestamp_ms = 5000, .producer_id = kId}));
  states.expire(4999);
  EXPECT_NE(states.find(kId), nullptr);
  states.expire(5000);
  EXPECT_EQ(states.find(kId), nullptr);
}

TEST_F(ProducerStatesTest, WhoIsInATransactionDoesNotExpire) {
  append(batch({.timestamp_ms = 5000, .producer_id = kId, .is_transactional = true}));
  states.expire(9000);
  EXPECT_NE(states.find(kId), nullptr);
}

TEST_F(ProducerStatesTest, OnlyTheLastBatchOutlivesARestart) {
  append(of(0));
  append(of(1));
  states.keep_last_batches();
  EXPECT_TRUE(check(of(1)).duplicate_of);
  EXPECT_EQ(check(of(0)).error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(check(of(2)).error, ErrorCode::kNone);
}

}  // namespace
}  // namespace kmirror::broker
