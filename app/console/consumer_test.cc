#include "app/console/consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/join.h"
#include "net/testing/fake_cluster.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/records/batch_builder.h"

namespace kmirror::app {
namespace {

using net::FakeCluster;
using net::VirtualRuntime;
using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::ListOffsetsRequest;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

// A batch of values, as it lies in a log at this offset.
Buffer batch_at(std::int64_t base_offset, std::vector<std::string_view> values,
                compression::Codec codec = compression::Codec::kNone) {
  protocol::BatchBuilder builder(codec);
  for (const std::string_view value : values) builder.append(1, std::nullopt, as_bytes(value));
  const protocol::BuiltBatch batch = builder.finish();
  Buffer bytes = join(batch.pieces);
  store_be(bytes.data(), base_offset);
  return bytes;
}

struct ConsumerTest : testing::Test {
  VirtualRuntime runtime;
  FakeCluster brokers{runtime};
  net::Cluster cluster{runtime, FakeCluster::settings()};
  std::vector<std::string> records;  // "partition:offset=value"
  std::size_t wanted = 1000;
  Consumer consumer{cluster, {.topic = "t"}, [this](const auto& place, const auto& record) {
                      records.push_back(fmt::format("{}:{}={}", place.partition, place.offset,
                                                    as_text(*record.value)));
                      return records.size() < wanted;
                    }};
  std::map<std::int32_t, Buffer> logs;  // by partition: what each fetch from within it brings
  std::map<std::int32_t, ErrorCode> errors;
  std::int64_t latest = 0;

  void SetUp() override {
    brokers.topics["t"] = {1, 2};
    for (const std::int32_t id : {1, 2}) {
      brokers.broker(id).on<FetchRequest>([this, id](const auto& request, auto, auto& answer) {
        return fetch(id, request, answer);
      });
    }
    brokers.on<ListOffsetsRequest>([this](const auto& request, auto, auto& answer) {
      auto& topic = answer.topics.emplace_back();
      topic.name = "t";
      for (const auto& partition : request.topics.at(0).partitions) {
        topic.partitions.push_back(
            {.partition_index = partition.partition_index, .offset = latest});
      }
      return true;
    });
    ASSERT_TRUE(runtime.run(cluster.start(runtime.now() + std::chrono::seconds(5))));
    cluster.track("t");
    ASSERT_TRUE(runtime.run(cluster.refresh()));
  }
  void TearDown() override { runtime.run(cluster.stop()); }

  bool fetch(std::int32_t id, const FetchRequest& request, protocol::FetchResponse& answer) {
    auto& topic = answer.responses.emplace_back();
    topic.topic = "t";
    for (const auto& wanted_partition : request.topics.at(0).partitions) {
      auto& result = topic.partitions.emplace_back();
      const std::int32_t index = result.partition_index = wanted_partition.partition;
      result.records.emplace();
      const auto log = logs.find(index);
      if (brokers.topics["t"][index] != id) {
        result.error_code = ErrorCode::kNotLeaderOrFollower;
      } else if (errors.contains(index)) {
        result.error_code = errors[index];
        errors.erase(index);
      } else if (log != logs.end() &&
                 wanted_partition.fetch_offset < protocol::BatchView(log->second).next_offset()) {
        result.records->append(log->second);
      }
    }
    return true;
  }

  net::Result<void> round() { return runtime.run(consumer.round(milliseconds(100))); }
};

TEST_F(ConsumerTest, ReadsAllPartitionsFromTheirLeaders) {
  logs[0] = batch_at(0, {"a", "b"}, compression::Codec::kZstd);
  logs[1] = batch_at(7, {"c"});
  consumer.assign(0, 0);
  consumer.assign(1, 7);
  ASSERT_TRUE(round());
  EXPECT_THAT(records, testing::UnorderedElementsAre("0:0=a", "0:1=b", "1:7=c"));
  ASSERT_TRUE(round());
  EXPECT_EQ(records.size(), 3u) << "the positions moved on";
}

TEST_F(ConsumerTest, APositionWithinABatch) {
  logs[0] = batch_at(10, {"a", "b", "c"});
  consumer.assign(0, 11);
  ASSERT_TRUE(round());
  EXPECT_THAT(records, ElementsAre("0:11=b", "0:12=c"));
}

TEST_F(ConsumerTest, EndsWhereTheSinkSaysSo) {
  logs[0] = batch_at(0, {"a", "b", "c"});
  wanted = 2;
  consumer.assign(0, 0);
  ASSERT_TRUE(round());
  EXPECT_THAT(records, ElementsAre("0:0=a", "0:1=b"));
  EXPECT_TRUE(consumer.is_stopped());
}

TEST_F(ConsumerTest, AnOffsetOutOfRangeGoesToTheLatest) {
  errors[0] = ErrorCode::kOffsetOutOfRange;
  latest = 20;
  consumer.assign(0, 900);
  ASSERT_TRUE(round());
  logs[0] = batch_at(20, {"a"});
  ASSERT_TRUE(round());
  EXPECT_THAT(records, ElementsAre("0:20=a"));
  EXPECT_THAT(runtime.lines, ElementsAre(HasSubstr("t-0: offset 900 is out of range")));
}

TEST_F(ConsumerTest, SurvivesALeaderThatMovesAndABrokerThatIsGone) {
  logs[0] = batch_at(0, {"a"});
  consumer.assign(0, 0);
  brokers.topics["t"] = {2, 2};
  ASSERT_TRUE(round());
  ASSERT_TRUE(round());
  EXPECT_THAT(records, ElementsAre("0:0=a"));
  brokers.broker(2).hang_up();
  brokers.broker(2).accepts = false;
  ASSERT_TRUE(round());
  brokers.topics["t"] = {1, 1};
  logs[0] = batch_at(1, {"b"});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(round());
  EXPECT_THAT(records, ElementsAre("0:0=a", "0:1=b"));
}

TEST_F(ConsumerTest, WhatCannotBeReadIsNamed) {
  Buffer damaged = batch_at(5, {"a"});
  damaged.back() ^= 1;
  Buffer legacy = batch_at(5, {"a"});
  legacy[protocol::batch_field::kMagic] = 1;
  struct Case {
    Buffer log;
    const char* text;
  };
  const Case cases[] = {{damaged, "cannot read t-0 at offset 5: "},
                        {legacy, "formats before Kafka 0.11"}};
  for (const Case& each : cases) {
    Consumer reader(cluster, {.topic = "t"}, [](const auto&, const auto&) { return true; });
    logs[0] = each.log;
    reader.assign(0, 0);
    const auto done = runtime.run(reader.round(milliseconds(100)));
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().text, HasSubstr(each.text));
  }
}

TEST_F(ConsumerTest, AFinalErrorEndsIt) {
  errors[0] = ErrorCode::kTopicAuthorizationFailed;
  consumer.assign(0, 3);
  const auto done = round();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text,
              HasSubstr("cannot read t-0 at offset 3: TOPIC_AUTHORIZATION_FAILED"));
}

}  // namespace
}  // namespace kmirror::app
