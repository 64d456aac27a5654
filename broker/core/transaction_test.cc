#include "broker/core/transaction.h"

#include <gtest/gtest.h>

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;
using enum Transaction::State;
using Version = Transaction::Version;

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr Duration kTimeout = std::chrono::minutes(1);
const net::TopicPartition kT0{"t", 0};
const net::TopicPartition kT1{"t", 1};

class TransactionTest : public testing::Test {
 protected:
  ProducerIdAndEpoch init(std::optional<ProducerIdAndEpoch> expected = {}) {
    const auto answer = transaction.on_init(kTimeout, expected);
    EXPECT_EQ(answer.error, ErrorCode::kNone);
    return answer.producer;
  }

  // An open transaction with one partition.
  ProducerIdAndEpoch open(Version version) {
    const auto producer = init();
    EXPECT_EQ(transaction.on_add(producer, {kT0}, version, kStart), ErrorCode::kNone);
    return producer;
  }

  void write_markers() {
    const auto missing = transaction.partitions();
    for (const auto& where : missing) transaction.on_marker(where);
    transaction.on_all_markers();
  }

  ProducerIdAndEpoch end(const ProducerIdAndEpoch& producer, bool commit, Version version) {
    const auto answer = transaction.on_end(producer, commit, version);
    EXPECT_EQ(answer.error, ErrorCode::kNone);
    write_markers();
    return answer.producer;
  }

  ErrorCode end_error(const ProducerIdAndEpoch& producer, bool commit, Version version) {
    return transaction.on_end(producer, commit, version).error;
  }

  // As if so many producers had come.
  ProducerIdAndEpoch use_up_to(std::int16_t epoch) {
    ProducerIdAndEpoch producer = init();
    while (producer.epoch < epoch) producer = init();
    return producer;
  }

  std::int64_t last_id = 100;
  Transaction transaction{[this] { return ++last_id; }, Version::k2};
};

TEST_F(TransactionTest, EachInitRaisesTheEpoch) {
  EXPECT_EQ(init(), (ProducerIdAndEpoch{101, 0}));
  EXPECT_EQ(init(), (ProducerIdAndEpoch{101, 1}));
  EXPECT_EQ(transaction.state(), kEmpty);
}

TEST_F(TransactionTest, AnInitThatIsRepeatedGetsTheSameAnswer) {
  init();
  const auto first = init();
  const auto second = init(first);
  EXPECT_EQ(second.epoch, 2);
  EXPECT_EQ(init(first), second);
  EXPECT_EQ(init(second).epoch, 3);
  EXPECT_EQ(transaction.on_init(kTimeout, first).error, ErrorCode::kProducerFenced);
  EXPECT_EQ(transaction.on_init(kTimeout, ProducerIdAndEpoch{9, 3}).error,
            ErrorCode::kProducerFenced);
}

TEST_F(TransactionTest, InitAbortsWhatIsOpen) {
  const auto old = open(Version::k1);
  EXPECT_EQ(transaction.on_init(kTimeout, {}).error, ErrorCode::kConcurrentTransactions);
  EXPECT_EQ(transaction.state(), kPrepareAbort);
  EXPECT_EQ(transaction.producer().epoch, 1);
  EXPECT_EQ(transaction.on_init(kTimeout, {}).error, ErrorCode::kConcurrentTransactions);
  write_markers();
  EXPECT_EQ(init().epoch, 2);
  EXPECT_EQ(transaction.on_add(old, {kT0}, Version::k1, kStart), ErrorCode::kProducerFenced);
  EXPECT_EQ(end_error(old, true, Version::k1), ErrorCode::kProducerFenced);
}

TEST_F(TransactionTest, AnotherIdIsNoneOfItsProducers) {
  init();
  const ProducerIdAndEpoch other{7, 0};
  EXPECT_EQ(transaction.on_add(other, {kT0}, Version::k1, kStart),
            ErrorCode::kInvalidProducerIdMapping);
  EXPECT_EQ(end_error(other, true, Version::k1), ErrorCode::kInvalidProducerIdMapping);
  EXPECT_EQ(transaction.verify(other, kT0), ErrorCode::kInvalidProducerIdMapping);
}

TEST_F(TransactionTest, PartitionsAreVerified) {
  const auto producer = open(Version::k1);
  EXPECT_EQ(transaction.verify(producer, kT0), ErrorCode::kNone);
  EXPECT_EQ(transaction.verify(producer, kT1), ErrorCode::kTransactionAbortable);
  end(producer, true, Version::k1);
  EXPECT_EQ(transaction.verify(producer, kT0), ErrorCode::kTransactionAbortable);
}

TEST_F(TransactionTest, NothingIsBegunOrEndedBeforeTheLastMarker) {
  const auto producer = open(Version::k1);
  EXPECT_EQ(end_error(producer, true, Version::k1), ErrorCode::kNone);
  EXPECT_EQ(transaction.state(), kPrepareCommit);
  EXPECT_EQ(end_error(producer, true, Version::k1), ErrorCode::kConcurrentTransactions);
  EXPECT_EQ(end_error(producer, false, Version::k1), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(transaction.on_add(producer, {kT1}, Version::k1, kStart),
            ErrorCode::kConcurrentTransactions);
  EXPECT_EQ(transaction.verify(producer, kT0), ErrorCode::kConcurrentTransactions);
  write_markers();
  EXPECT_EQ(transaction.state(), kCompleteCommit);
  EXPECT_EQ(end_error(producer, true, Version::k1), ErrorCode::kNone);
  EXPECT_EQ(end_error(producer, false, Version::k1), ErrorCode::kInvalidTxnState);
}

TEST_F(TransactionTest, OnlyVersion2AbortsNothing) {
  const auto producer = init();
  EXPECT_EQ(end_error(producer, true, Version::k1), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(end_error(producer, false, Version::k1), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(end_error(producer, true, Version::k2), ErrorCode::kInvalidTxnState);
  const auto next = end(producer, false, Version::k2);
  EXPECT_EQ(next.epoch, 1);
  EXPECT_EQ(end(next, false, Version::k2).epoch, 2);
}

TEST_F(TransactionTest, Version2RaisesTheEpochAtEachEnd) {
  const auto producer = open(Version::k2);
  const auto next = end(producer, true, Version::k2);
  EXPECT_EQ(next, (ProducerIdAndEpoch{101, 1}));
  EXPECT_EQ(transaction.on_end(producer, true, Version::k2).producer, next);
  EXPECT_EQ(end_error(producer, false, Version::k2), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(end_error(next, true, Version::k2), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(transaction.on_add(producer, {kT0}, Version::k2, kStart), ErrorCode::kProducerFenced);
  EXPECT_EQ(transaction.on_add(next, {kT0}, Version::k2, kStart), ErrorCode::kNone);
  EXPECT_EQ(end_error(producer, true, Version::k2), ErrorCode::kProducerFenced);
}

TEST_F(TransactionTest, ANewIdComesWhenTheEpochsAreUsedUp) {
  const auto last = use_up_to(32766);
  const auto next = init(last);
  EXPECT_EQ(next, (ProducerIdAndEpoch{102, 0}));
  EXPECT_EQ(init(last), next);
}

TEST_F(TransactionTest, ANewIdComesAtTheEndOfATransactionOfVersion2) {
  const auto last = use_up_to(32766);
  ASSERT_EQ(transaction.on_add(last, {kT0}, Version::k2, kStart), ErrorCode::kNone);
  const auto answer = transaction.on_end(last, true, Version::k2);
  EXPECT_EQ(answer.producer, (ProducerIdAndEpoch{102, 0}));
  EXPECT_EQ(transaction.producer(), (ProducerIdAndEpoch{101, 32767}));  // that the markers are of
  write_markers();
  EXPECT_EQ(transaction.producer(), answer.producer);
  EXPECT_EQ(transaction.on_end(last, true, Version::k2).producer, answer.producer);
  EXPECT_EQ(end_error(last, false, Version::k2), ErrorCode::kInvalidTxnState);
}

TEST_F(TransactionTest, TimeOutAbortsAndFences) {
  EXPECT_EQ(transaction.next_deadline(), kNever);
  const auto producer = open(Version::k1);
  EXPECT_EQ(transaction.next_deadline(), kStart + kTimeout);
  transaction.on_time(kStart + kTimeout - Duration(1));
  EXPECT_EQ(transaction.state(), kOngoing);
  transaction.on_time(kStart + kTimeout);
  EXPECT_EQ(transaction.state(), kPrepareAbort);
  write_markers();
  EXPECT_EQ(transaction.state(), kCompleteAbort);
  EXPECT_EQ(transaction.on_add(producer, {kT0}, Version::k1, kStart), ErrorCode::kProducerFenced);
  EXPECT_EQ(transaction.next_deadline(), kNever);
}

}  // namespace
}  // namespace kmirror::broker
