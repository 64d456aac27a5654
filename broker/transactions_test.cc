#include "broker/transactions.h"

#include <gtest/gtest.h>

#include "broker/testing/quiet_cluster.h"
#include "protocol/messages/add_partitions_to_txn.h"
#include "protocol/messages/describe_transactions.h"
#include "protocol/messages/end_txn.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_transactions.h"
#include "protocol/messages/produce.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::broker {
namespace {

using namespace protocol;
using enum Transaction::State;

class TransactionsTest : public QuietCluster {
 protected:
  TransactionsTest() {
    cluster->create_topic("t", {.partitions = 2, .config = {}, .assignment = {}});
  }

  ProducerIdAndEpoch init() {
    InitProducerIdRequest request{.transactional_id = "x", .transaction_timeout_ms = 60'000};
    const auto asked = ask(request, 4);
    EXPECT_EQ(asked->response.error_code, ErrorCode::kNone);
    return {asked->response.producer_id, asked->response.producer_epoch};
  }

  ErrorCode add(const ProducerIdAndEpoch& producer, std::int32_t partition) {
    AddPartitionsToTxnRequest request;
    request.v3_and_below_transactional_id = "x";
    request.v3_and_below_producer_id = producer.id;
    request.v3_and_below_producer_epoch = producer.epoch;
    request.v3_and_below_topics.push_back({.name = "t", .partitions = {partition}});
    const auto asked = ask(request, 3);
    return asked->response.results_by_topic_v3_and_below.at(0)
        .results_by_partition.at(0)
        .partition_error_code;
  }

  ErrorCode produce(const ProducerIdAndEpoch& producer, std::int32_t sequence, int version,
                    bool transactional = true) {
    const Buffer batch =
        testing::batch_of({.attributes = static_cast<std::int16_t>(
                               transactional ? batch_attribute::kTransactional : 0),
                           .producer_id = producer.id,
                           .producer_epoch = producer.epoch,
                           .base_sequence = sequence,
                           .records = {{.key = "k", .value = "v"}}});
    ProduceRequest request;
    request.transactional_id = "x";
    request.acks = 1;
    request.topic_data.emplace_back().name = "t";
    request.topic_data[0].partition_data.emplace_back().records = RecordsView(ConstBytes(batch));
    const auto asked = ask(request, version);
    return asked->response.responses.at(0).partition_responses.at(0).error_code;
  }

  EndTxnResponse end(const ProducerIdAndEpoch& producer, bool commit, int version) {
    EndTxnRequest request;
    request.transactional_id = "x";
    request.producer_id = producer.id;
    request.producer_epoch = producer.epoch;
    request.committed = commit;
    return ask(request, version)->response;
  }

  const Log& log(std::int32_t index = 0) { return cluster->find_partition("t", index)->log; }
  std::int64_t stable_offset() { return cluster->find_partition("t", 0)->last_stable_offset(); }
  Transaction::State state() { return cluster->transactions().find("x")->state(); }
};

TEST_F(TransactionsTest, MarkersEndThem) {
  const auto producer = init();
  EXPECT_EQ(add(producer, 0), ErrorCode::kNone);
  EXPECT_EQ(produce(producer, 0, 9), ErrorCode::kNone);
  EXPECT_EQ(stable_offset(), 0);
  EXPECT_EQ(end(producer, false, 4).error_code, ErrorCode::kNone);
  EXPECT_EQ(state(), kCompleteAbort);
  EXPECT_EQ(stable_offset(), 2);
  EXPECT_EQ(log().aborted_between(0, 2).size(), 1u);
  EXPECT_EQ(log(1).end_offset(), 0);
}

TEST_F(TransactionsTest, OnlyWhatWasAddedIsWrittenTo) {
  const auto producer = init();
  EXPECT_EQ(produce(producer, 0, 9), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(produce(producer, 0, 11), ErrorCode::kTransactionAbortable);
  EXPECT_EQ(add(producer, 0), ErrorCode::kNone);
  EXPECT_EQ(produce(producer, 0, 9), ErrorCode::kNone);
  EXPECT_EQ(produce(producer, 1, 9, false), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(end(producer, true, 4).error_code, ErrorCode::kNone);
  EXPECT_EQ(produce(producer, 1, 9), ErrorCode::kInvalidTxnState);
}

TEST_F(TransactionsTest, OfVersion2AddWhatIsWrittenTo) {
  const auto producer = init();
  EXPECT_EQ(produce(producer, 0, 12), ErrorCode::kNone);
  const auto ended = end(producer, true, 5);
  EXPECT_EQ(ended.producer_epoch, 1);
  EXPECT_EQ(stable_offset(), 2);
  EXPECT_EQ(produce(producer, 1, 12), ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(produce({producer.id, 1}, 1, 12), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(produce({producer.id, 1}, 0, 12), ErrorCode::kNone);
}

TEST_F(TransactionsTest, AreAbortedAfterTheirTimeout) {
  const auto producer = init();
  EXPECT_EQ(produce(producer, 0, 12), ErrorCode::kNone);
  pass(std::chrono::seconds(59));
  EXPECT_EQ(state(), kOngoing);
  pass(std::chrono::seconds(1));
  EXPECT_EQ(state(), kCompleteAbort);
  EXPECT_EQ(log().aborted_between(0, 2).size(), 1u);
  EXPECT_EQ(produce(producer, 1, 12), ErrorCode::kInvalidProducerEpoch);
}

TEST_F(TransactionsTest, WaitForALeaderToTakeTheirMarkers) {
  const auto producer = init();
  EXPECT_EQ(produce(producer, 0, 12), ErrorCode::kNone);
  Partition& partition = *cluster->find_partition("t", 0);
  partition.elect(-1, cluster->now());
  EXPECT_EQ(end(producer, true, 5).error_code, ErrorCode::kNone);
  EXPECT_EQ(state(), kPrepareCommit);
  EXPECT_EQ(end(producer, true, 5).error_code, ErrorCode::kConcurrentTransactions);
  partition.elect(1, cluster->now());
  pass(std::chrono::seconds(1));
  EXPECT_EQ(state(), kCompleteCommit);
  EXPECT_EQ(log().end_offset(), 2);
}

TEST_F(TransactionsTest, AreEndedWithoutTopicsThatWereDeleted) {
  const auto producer = init();
  EXPECT_EQ(produce(producer, 0, 12), ErrorCode::kNone);
  cluster->delete_topic("t");
  EXPECT_EQ(end(producer, true, 5).error_code, ErrorCode::kNone);
  EXPECT_EQ(state(), kCompleteCommit);
}

TEST_F(TransactionsTest, AreDescribed) {
  const auto producer = init();
  EXPECT_EQ(add(producer, 1), ErrorCode::kNone);
  const auto described = ask(DescribeTransactionsRequest{.transactional_ids = {"x", "y"}}, 0);
  const auto& known = described->response.transaction_states.at(0);
  EXPECT_EQ(known.transaction_state, "Ongoing");
  EXPECT_EQ(known.transaction_timeout_ms, 60'000);
  EXPECT_EQ(known.topics.at(0).partitions, std::vector<std::int32_t>{1});
  EXPECT_EQ(described->response.transaction_states.at(1).error_code,
            ErrorCode::kTransactionalIdNotFound);
  ListTransactionsRequest request;
  EXPECT_EQ(ask(request, 0)->response.transaction_states.size(), 1u);
  request.state_filters = {"CompleteCommit", "Nonsense"};
  const auto listed = ask(request, 0);
  EXPECT_TRUE(listed->response.transaction_states.empty());
  EXPECT_EQ(listed->response.unknown_state_filters.size(), 1u);
}

class LateMarkersTest : public TransactionsTest {
 protected:
  LateMarkersTest() {
    start({.nodes = {{.id = 1, .runtime = &runtime}},
           .release = {},
           .transaction_marker_delay = std::chrono::seconds(1)});
    cluster->create_topic("t", {.partitions = 2, .config = {}, .assignment = {}});
  }
};

TEST_F(LateMarkersTest, KeepTheNextTransactionWaiting) {
  const auto producer = init();
  EXPECT_EQ(add(producer, 0), ErrorCode::kNone);
  EXPECT_EQ(end(producer, true, 4).error_code, ErrorCode::kNone);
  EXPECT_EQ(add(producer, 0), ErrorCode::kConcurrentTransactions);
  EXPECT_EQ(log().end_offset(), 0);
  pass(std::chrono::seconds(1));
  EXPECT_EQ(add(producer, 0), ErrorCode::kNone);
  EXPECT_EQ(log().end_offset(), 1);
}

}  // namespace
}  // namespace kmirror::broker
