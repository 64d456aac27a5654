// The checker finds what it is there for: each test does to the destination what a mirror with a
// bug would do.
#include "sim/checker.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/crc32c.h"
#include "base/join.h"
#include "broker/groups.h"
#include "net/sim/network.h"
#include "net/sim/process.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/partitioner.h"
#include "protocol/records/record_cursor.h"
#include "sim/mirror_host.h"
#include "sim/workload.h"

namespace kmirror::sim {
namespace {

namespace field = protocol::batch_field;
using protocol::BatchView;
using ::testing::Test;

constexpr std::int64_t kProducer = 1000;
constexpr std::int64_t kOther = 1001;
constexpr int kRecords = 3;  // of each batch
constexpr std::size_t kSegmentBytes = 1 << 20;
const net::TopicPartition kWhere{"t", 0};

class CheckerTest : public Test {
 protected:
  CheckerTest() : CheckerTest(false) {}
  explicit CheckerTest(bool by_key) : options_{.by_key = by_key} {
    for (broker::Cluster* cluster : {&source_, &destination_}) {
      const auto started = cluster->start();
      EXPECT_TRUE(started);
      cluster->create_topic("t", {.partitions = 2, .config = {}, .assignment = {}});
    }
    for (int i = 0; i < 5; ++i) write();
    start(kProducer);
  }
  ~CheckerTest() override {
    processes_[0].kill(net::sim::Death::kClosed);
    processes_[1].kill(net::sim::Death::kClosed);
  }

  // A mirror begins and gets a producer.
  void start(std::int64_t producer_id) {
    checker_.on_start();
    checker_.on_producer_id(producer_id);
  }

  // A batch more at the source, and in the ledger.
  void write() {
    const auto partition = source_.find_partition("t", 0);
    LedgerPartition& ledger = ledger_.partitions[kWhere];
    const std::int64_t base_offset = partition->log.end_offset();
    Buffer batch = build(ledger.records.size(), compression::Codec::kNone, 1000);
    const BatchView view{ConstBytes(batch)};
    ledger.batches[ledger.records.size()] = {kRecords, compression::Codec::kNone,
                                             crc32c(view.payload())};
    protocol::RecordCursor cursor(view.payload(), kRecords);
    protocol::RecordView record;
    while (cursor.next(record)) {
      ledger.records.push_back(
          {.offset = base_offset + record.offset_delta,
           .key = "k",
           .hash = hash_of_record(record.body, view.timestamp_at(record.timestamp_delta_ms))});
    }
    written_.push_back(batch);
    partition->log.append(std::move(batch), 0, kSegmentBytes);
    source_.on_appended(partition);
  }

  static Buffer build(std::size_t first, compression::Codec codec, std::int64_t timestamp_ms) {
    protocol::BatchBuilder builder(codec);
    for (int i = 0; i < kRecords; ++i) {
      const std::string value = to_string(RecordName{kWhere, first + i}) + "|";
      builder.append(timestamp_ms, as_bytes("k"), as_bytes(value));
    }
    const protocol::BuiltBatch built = builder.finish();
    return join(built.pieces);
  }

  // What a mirror writes to the destination; the checker sees it.
  void put(Buffer batch, std::int64_t producer_id = kProducer, std::int32_t index = 0) {
    store_be(batch.data() + field::kProducerId, producer_id);
    store_be<std::int16_t>(batch.data() + field::kProducerEpoch, 0);
    store_be(batch.data() + field::kBaseSequence, sequence_);
    sequence_ += kRecords;
    protocol::write_crc(batch);
    const auto partition = destination_.find_partition("t", index);
    partition->log.append(std::move(batch), 0, kSegmentBytes);
    destination_.on_appended(partition);
    checker_.look();
  }
  void copy(std::size_t number, std::int64_t producer_id = kProducer) {
    put(written_.at(number), producer_id);
  }

  // The mirror commits at the source, which takes it.
  void commit(std::int64_t offset) {
    protocol::OffsetCommitRequest request;
    request.group_id = kGroup;
    auto& topic = request.topics.emplace_back();
    topic.name = "t";
    topic.partitions.push_back({.partition_index = 0, .committed_offset = offset});
    checker_.on_commit(request);
    source_.groups().find_or_create(kGroup).offsets.commit("t", 0, {.offset = offset});
  }

  void expect_problem(const std::string& part) {
    EXPECT_NE(checker_.problem().find(part), std::string::npos)
        << "it says: '" << checker_.problem() << "'";
  }
  void expect_none() { EXPECT_EQ(checker_.problem(), ""); }

  const Options options_;
  net::sim::World world_{1};
  net::sim::Network network_{world_, {}};
  net::sim::Process processes_[2] = {{world_, network_, "s1", "s1"},
                                     {world_, network_, "d1", "d1"}};
  broker::Cluster source_{
      {.nodes = {{.id = 1, .runtime = &processes_[0], .listen = {"s1", 9092}}}}};
  broker::Cluster destination_{
      {.nodes = {{.id = 1, .runtime = &processes_[1], .listen = {"d1", 9092}}}}};
  Ledger ledger_;
  Checker checker_{options_, source_, destination_, ledger_};
  std::vector<Buffer> written_;
  std::int32_t sequence_ = 0;
};

TEST_F(CheckerTest, ACopyInOrderIsRight) {
  for (std::size_t i = 0; i < written_.size(); ++i) copy(i);
  commit(15);
  checker_.on_finished();
  expect_none();
  EXPECT_EQ(ledger_.missing(), 0);
  EXPECT_TRUE(checker_.all_is_committed());
}

TEST_F(CheckerTest, ABatchTwice) {
  copy(0);
  copy(0);
  expect_problem("came again");
}

TEST_F(CheckerTest, BatchesInTheWrongOrder) {
  copy(0);
  copy(2);
  expect_problem("records before it did not");
}

TEST_F(CheckerTest, AnotherPartition) {
  put(written_[0], kProducer, 1);
  expect_problem("belongs to another partition");
}

TEST_F(CheckerTest, AnAbortedRecord) {
  ledger_.partitions[kWhere].records[1].fate = Fate::kAborted;
  copy(0);
  expect_problem("was never committed");
}

TEST_F(CheckerTest, ARecordThatNobodyWrote) {
  put(build(99, compression::Codec::kNone, 1000));
  expect_problem("is no record that anybody wrote");
}

TEST_F(CheckerTest, AnotherTimestamp) {
  put(build(0, compression::Codec::kNone, 1001));
  expect_problem("is not as written");
}

TEST_F(CheckerTest, ABatchThatWasCompressedAnew) {
  put(build(0, compression::Codec::kLz4, 1000));
  expect_problem("is another than at the source");
}

TEST_F(CheckerTest, AProducerThatNobodyAskedFor) {
  copy(0, 77);
  expect_problem("nobody asked for");
}

TEST_F(CheckerTest, ASecondProducerOfOneMirror) {
  copy(0);
  checker_.on_producer_id(kOther);
  copy(1, kOther);
  expect_problem("second producer of one mirror");
}

TEST_F(CheckerTest, ACommitBeforeTheCopy) {
  copy(0);
  commit(4);
  expect_problem("is committed up to 4, but offset 3 is not at the destination");
}

TEST_F(CheckerTest, ACommitBeyondTheEnd) {
  for (std::size_t i = 0; i < written_.size(); ++i) copy(i);
  commit(16);
  expect_problem("beyond its end");
}

TEST_F(CheckerTest, AnEndWithoutTheLastCommit) {
  copy(0);
  copy(1);
  commit(3);
  checker_.on_finished();
  expect_problem("did not commit offset 5");
}

TEST_F(CheckerTest, ANewMirrorRepeatsWhatIsNotCommitted) {
  copy(0);
  copy(1);
  commit(3);
  start(kOther);
  copy(1, kOther);
  copy(2, kOther);
  expect_none();
  EXPECT_EQ(checker_.repeated(), kRecords);
}

TEST_F(CheckerTest, ANewMirrorRepeatsWhatIsCommitted) {
  copy(0);
  commit(3);
  start(kOther);
  copy(0, kOther);
  expect_problem("lies before what was committed");
}

// As seed 5483 had it: the dead mirror's commit came late, and the living one began there.
TEST_F(CheckerTest, ANewMirrorBeginsAtACommitThatCameLate) {
  copy(0);
  copy(1);
  commit(6);
  start(kOther);
  commit(3);
  copy(1, kOther);
  expect_none();
}

TEST_F(CheckerTest, ForgottenBatchesMayComeAgain) {
  copy(0);
  checker_.on_batches_forgotten(kWhere, kProducer);
  copy(0);
  copy(1);
  expect_none();
}

TEST_F(CheckerTest, AnotherProducersForgottenBatchesAreNoExcuse) {
  checker_.on_batches_forgotten(kWhere, kOther);
  copy(0);
  copy(0);
  expect_problem("came again");
}

// As seed 22814 had it: what lay above the high watermark when it was forgotten was seen later.
TEST_F(CheckerTest, BatchesThatWereSeenLateMayComeAgain) {
  const auto partition = destination_.find_partition("t", 0);
  Buffer first = written_[0];
  store_be(first.data() + field::kProducerId, kProducer);
  protocol::write_crc(first);
  partition->log.append(std::move(first), 0, kSegmentBytes);
  checker_.on_batches_forgotten(kWhere, kProducer);
  copy(0);
  expect_none();
}

TEST_F(CheckerTest, WhatWasOvertakenHasToCome) {
  copy(0);
  checker_.on_batches_forgotten(kWhere, kProducer);
  copy(2);
  expect_none();
  EXPECT_EQ(ledger_.missing(), 3 * kRecords);
  copy(1);
  expect_none();
  EXPECT_EQ(ledger_.missing(), 2 * kRecords);
}

TEST_F(CheckerTest, DeletedRecordsMayBeLeftOut) {
  copy(0);
  ledger_.partitions[kWhere].delete_before(6, true);
  copy(2);
  expect_none();
  EXPECT_EQ(ledger_.lost(), kRecords);
}

TEST_F(CheckerTest, ACopyOfWhatNoFollowerHad) {
  copy(0);
  EXPECT_TRUE(ledger_.partitions[kWhere].truncate(3));
  EXPECT_FALSE(ledger_.partitions[kWhere].truncate(0));
}

class CheckerByKeyTest : public CheckerTest {
 protected:
  CheckerByKeyTest() : CheckerTest(true) {}
};

TEST_F(CheckerByKeyTest, AKeyBelongsWhereThePartitionerPutsIt) {
  const auto right = protocol::partition_for_key(as_bytes("k"), 2);
  put(written_[0], kProducer, right);
  expect_none();
  put(written_[1], kProducer, 1 - right);
  expect_problem("belongs to another partition");
}

}  // namespace
}  // namespace kmirror::sim
