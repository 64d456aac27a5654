#include "app/console/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <chrono>

#include "net/testing/fake_cluster.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"

namespace kmirror::app {
namespace {

using net::FakeCluster;
using net::OffsetSpec;
using net::VirtualRuntime;
using protocol::ErrorCode;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr std::int64_t kEarliestOffset = 3;
constexpr std::int64_t kLatestOffset = 20;

net::Awaitable<void> create_later(VirtualRuntime& runtime, FakeCluster& brokers, TimePoint when) {
  net::Wakeup pause(runtime);
  co_await pause.wait(when);
  brokers.topics["t"] = {1, 1};
}

struct AssignmentTest : testing::Test {
  VirtualRuntime runtime;
  FakeCluster brokers{runtime, 1};
  net::Cluster cluster{runtime, FakeCluster::settings()};
  Consumer consumer{cluster, {.topic = "t"}, [](const auto&, const auto&) { return true; }};
  std::map<std::int32_t, std::int64_t> fetched;  // from which offset, by partition

  void SetUp() override {
    brokers.on<protocol::ListOffsetsRequest>([](const auto& request, auto, auto& answer) {
      auto& topic = answer.topics.emplace_back();
      topic.name = "t";
      for (const auto& wanted : request.topics.at(0).partitions) {
        topic.partitions.push_back(
            {.partition_index = wanted.partition_index,
             .offset = wanted.timestamp == -2 ? kEarliestOffset : kLatestOffset});
      }
      return true;
    });
    brokers.on<protocol::FetchRequest>([this](const auto& request, auto, auto& answer) {
      auto& topic = answer.responses.emplace_back();
      topic.topic = "t";
      for (const auto& wanted : request.topics.at(0).partitions) {
        fetched[wanted.partition] = wanted.fetch_offset;
        topic.partitions.push_back({.partition_index = wanted.partition});
      }
      return true;
    });
    ASSERT_TRUE(runtime.run(cluster.start(runtime.now() + seconds(5))));
  }
  void TearDown() override { runtime.run(cluster.stop()); }

  net::Result<void> assign_and_fetch(Assignment assignment, TimePoint deadline) {
    assignment.topic = "t";
    net::Result<void> done =
        runtime.run(assign(cluster, std::move(assignment), deadline, consumer));
    if (done) done = runtime.run(consumer.round(seconds(0)));
    return done;
  }
};

TEST_F(AssignmentTest, BeginsWhereItIsTold) {
  struct Case {
    Assignment assignment;
    std::map<std::int32_t, std::int64_t> expected;
  };
  const Case cases[] = {
      {{.start = OffsetSpec::kLatest}, {{0, kLatestOffset}, {1, kLatestOffset}}},
      {{.start = OffsetSpec::kEarliest}, {{0, kEarliestOffset}, {1, kEarliestOffset}}},
      {{.partition = 1, .start = OffsetSpec::kEarliest}, {{1, kEarliestOffset}}},
      {{.partition = 1, .start = std::int64_t{7}}, {{1, 7}}},
  };
  brokers.topics["t"] = {1, 1};
  for (const Case& each : cases) {
    Consumer reader(cluster, {.topic = "t"}, [](const auto&, const auto&) { return true; });
    Assignment assignment = each.assignment;
    assignment.topic = "t";
    fetched.clear();
    ASSERT_TRUE(runtime.run(assign(cluster, assignment, kNever, reader)));
    ASSERT_TRUE(runtime.run(reader.round(seconds(0))));
    EXPECT_EQ(fetched, each.expected);
  }
  EXPECT_THAT(runtime.lines, IsEmpty());
}

TEST_F(AssignmentTest, WaitsForATopicAndMissesNothingOfIt) {
  boost::asio::co_spawn(runtime.executor(),
                        create_later(runtime, brokers, runtime.now() + seconds(60)),
                        boost::asio::detached);
  ASSERT_TRUE(assign_and_fetch({.start = OffsetSpec::kLatest}, kNever));
  EXPECT_THAT(fetched, ElementsAre(Pair(0, kEarliestOffset), Pair(1, kEarliestOffset)));
  EXPECT_THAT(runtime.lines, ElementsAre(HasSubstr("UNKNOWN_TOPIC_OR_PARTITION")));
}

TEST_F(AssignmentTest, WaitsUntilTheDeadline) {
  brokers.topics["t"] = {1, 1};
  const TimePoint deadline = runtime.now() + seconds(5);
  ASSERT_TRUE(assign_and_fetch({.partition = 2}, deadline));
  EXPECT_EQ(runtime.now(), deadline);
  EXPECT_THAT(fetched, IsEmpty());
  EXPECT_THAT(runtime.lines, ElementsAre(HasSubstr("t-2: UNKNOWN_TOPIC_OR_PARTITION")));
}

TEST_F(AssignmentTest, DoesNotWaitForARight) {
  brokers.on<protocol::MetadataRequest>([](const auto& request, auto, auto& answer) {
    for (const auto& topic : *request.topics) {
      answer.topics.push_back(
          {.error_code = ErrorCode::kTopicAuthorizationFailed, .name = topic.name});
    }
    return true;
  });
  const auto done = assign_and_fetch({}, kNever);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text, HasSubstr("topic `t`: TOPIC_AUTHORIZATION_FAILED"));
}

}  // namespace
}  // namespace kmirror::app
