#include "app/console/producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "net/testing/fake_cluster.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/produce.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/partitioner.h"

namespace kmirror::app {
namespace {

using net::FakeCluster;
using net::VirtualRuntime;
using protocol::ErrorCode;
using protocol::InitProducerIdRequest;
using protocol::ProduceRequest;

// A batch as a broker got it.
struct Got {
  std::int32_t broker, partition, base_sequence, record_count;
  Buffer bytes;
};

struct ProducerTest : testing::Test {
  VirtualRuntime runtime;
  FakeCluster brokers{runtime};
  net::Cluster cluster{runtime, FakeCluster::settings()};
  Producer producer{cluster, "t", compression::Codec::kNone};
  std::vector<Got> got;
  std::int64_t producer_id = 77;             // in every batch
  std::map<std::int32_t, ErrorCode> errors;  // by partition
  int lost_answers = 0;                      // so many requests are carried out but not answered

  void SetUp() override {
    brokers.topics["t"] = {1, 2};
    brokers.on<InitProducerIdRequest>([](const auto& request, auto, auto& answer) {
      EXPECT_FALSE(request.transactional_id);
      answer.producer_id = 77;
      return true;
    });
    for (const std::int32_t id : {1, 2}) {
      brokers.broker(id).on<ProduceRequest>([this, id](const auto& request, auto, auto& answer) {
        return take(id, request, answer);
      });
    }
    ASSERT_TRUE(runtime.run(cluster.start(runtime.now() + std::chrono::seconds(5))));
    ASSERT_TRUE(runtime.run(producer.start()));
  }
  void TearDown() override { runtime.run(cluster.stop()); }

  bool take(std::int32_t id, const ProduceRequest& request, protocol::ProduceResponse& answer) {
    EXPECT_EQ(request.acks, -1);
    auto& topic = answer.responses.emplace_back();
    topic.name = "t";
    for (const auto& data : request.topic_data.at(0).partition_data) {
      auto& result = topic.partition_responses.emplace_back();
      result.index = data.index;
      if (brokers.topics["t"][data.index] != id) {
        result.error_code = ErrorCode::kNotLeaderOrFollower;
        continue;
      }
      const ConstBytes bytes = data.records->bytes();
      const protocol::BatchView batch(bytes);
      EXPECT_TRUE(batch.is_crc_valid());
      EXPECT_EQ(batch.producer_id(), producer_id);
      got.push_back({id, data.index, batch.base_sequence(), batch.record_count(),
                     Buffer(bytes.begin(), bytes.end())});
      if (errors.contains(data.index)) result.error_code = errors[data.index];
    }
    if (lost_answers == 0) return true;
    --lost_answers;
    brokers.broker(id).hang_up();
    return false;
  }

  // A key that Java's partitioner puts there.
  static std::string key_of(std::int32_t partition) {
    int i = 0;
    while (protocol::partition_for_key(as_bytes(std::to_string(i)), 2) != partition) ++i;
    return std::to_string(i);
  }

  void send(std::int32_t partition, int count) {
    for (int i = 0; i < count; ++i) producer.append(key_of(partition), "value");
  }
  void flush() { runtime.run(producer.flush()); }
};

TEST_F(ProducerTest, BatchesGoToTheirLeadersInSequence) {
  send(0, 3);
  send(1, 2);
  flush();
  send(0, 1);
  flush();
  flush();
  ASSERT_EQ(got.size(), 3u);
  EXPECT_EQ(got[0].broker, 1);
  EXPECT_EQ(got[0].base_sequence, 0);
  EXPECT_EQ(got[0].record_count, 3);
  EXPECT_EQ(got[1].broker, 2);
  EXPECT_EQ(got[1].base_sequence, 0);
  EXPECT_EQ(got[2].base_sequence, 3);
  EXPECT_EQ(producer.failed(), 0);
}

TEST_F(ProducerTest, ABatchWhoseAnswerIsLostIsSentAgainUnchanged) {
  lost_answers = 2;
  send(1, 4);
  flush();
  send(1, 1);
  flush();
  ASSERT_EQ(got.size(), 4u);
  EXPECT_EQ(got[1].bytes, got[0].bytes);
  EXPECT_EQ(got[2].bytes, got[0].bytes);
  EXPECT_EQ(got[3].base_sequence, 4);
  EXPECT_EQ(producer.failed(), 0);
}

TEST_F(ProducerTest, FollowsALeaderThatMoves) {
  brokers.topics["t"] = {2, 2};
  send(0, 1);
  flush();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].broker, 2);
  EXPECT_EQ(producer.failed(), 0);
}

TEST_F(ProducerTest, ARefusedBatchTakesNoSequenceNumbers) {
  errors[0] = ErrorCode::kMessageTooLarge;
  send(0, 5);
  send(1, 2);
  flush();
  EXPECT_EQ(producer.failed(), 5);
  errors.clear();
  got.clear();
  send(0, 1);
  send(1, 1);
  flush();
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].base_sequence, 0);
  EXPECT_EQ(got[1].base_sequence, 2);
  EXPECT_EQ(producer.failed(), 5);
}

TEST_F(ProducerTest, ADuplicateIsAcknowledged) {
  errors[0] = ErrorCode::kDuplicateSequenceNumber;
  send(0, 5);
  flush();
  EXPECT_EQ(producer.failed(), 0);
}

TEST_F(ProducerTest, AnErrorThatStaysIsGivenUpInTime) {
  errors[0] = ErrorCode::kNotEnoughReplicas;
  send(0, 5);
  flush();
  EXPECT_EQ(producer.failed(), 5);
  EXPECT_LE(runtime.now(), TimePoint() + std::chrono::seconds(31));
  errors.clear();
  got.clear();
  send(0, 5);
  flush();
  EXPECT_EQ(got.at(0).base_sequence, 5) << "the batch may have been written";
}

TEST_F(ProducerTest, RecordsWithoutAKeyStayTogetherUntilTheFlush) {
  for (int i = 0; i < 10; ++i) producer.append(std::nullopt, "v");
  flush();
  for (int i = 0; i < 10; ++i) producer.append(std::nullopt, "v");
  flush();
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].record_count, 10);
  EXPECT_NE(got[0].partition, got[1].partition);
}

TEST_F(ProducerTest, GoesOnWithoutIdempotenceWhereItIsRefused) {
  brokers.on<InitProducerIdRequest>([](const auto&, auto, auto& answer) {
    answer.error_code = ErrorCode::kClusterAuthorizationFailed;
    return true;
  });
  Producer plain(cluster, "t", compression::Codec::kNone);
  ASSERT_TRUE(runtime.run(plain.start()));
  EXPECT_THAT(runtime.lines, testing::ElementsAre(testing::HasSubstr("IDEMPOTENT_WRITE")));
  producer_id = -1;
  lost_answers = 1;
  for (int i = 0; i < 2; ++i) {
    plain.append("k", "value");
    runtime.run(plain.flush());
  }
  ASSERT_EQ(got.size(), 3u) << "the batch without an answer is sent again";
  for (const Got& each : got) EXPECT_EQ(each.base_sequence, -1);
  EXPECT_EQ(plain.failed(), 0);
}

TEST_F(ProducerTest, IsFullBeforeABatchIsTooLarge) {
  const std::string value(100'000, 'x');
  int appended = 0;
  for (; !producer.is_full_for(value.size()); ++appended) producer.append("k", value);
  EXPECT_EQ(appended, 5);
  flush();
  EXPECT_FALSE(producer.is_full_for(value.size()));
  EXPECT_LT(got.at(0).bytes.size(), std::size_t{512} << 10);
}

}  // namespace
}  // namespace kmirror::app
