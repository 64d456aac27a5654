#include "net/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "net/connection_call.h"
#include "net/testing/scripted_broker.h"
#include "net/testing/virtual_runtime.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/produce.h"

namespace kmirror::net {
namespace {

using protocol::ApiVersionsRequest;
using protocol::DescribeGroupsRequest;
using protocol::ErrorCode;
using std::chrono::seconds;
using testing::HasSubstr;

struct ConnectionTest : testing::Test {
  VirtualRuntime runtime;
  ScriptedBroker broker{runtime};
  SlabPool slabs;
  TaskGroup tasks{runtime};
  std::shared_ptr<Connection> connection;
  std::vector<std::string> outcomes;  // of call(): the answer's text, or "!" and the failure's

  void SetUp() override {
    broker.on<DescribeGroupsRequest>([](const auto& request, auto, auto& answer) {
      answer.groups.push_back({.group_id = request.groups.at(0)});
      return true;
    });
  }

  void TearDown() override {
    if (connection) connection->close("the test ends");
    runtime.run(tasks.join());
    EXPECT_EQ(slabs.live_bytes(), 0u);
  }

  Result<void> open() {
    auto stream = broker.accept();
    connection = Connection::start(runtime, slabs, tasks, {.peer = "peer", .client_id = "t"},
                                   std::move(stream.value()));
    return runtime.run(connection->negotiate(in(10)));
  }

  TimePoint in(int s) const { return runtime.now() + seconds(s); }

  // Begins to ask for a group; the outcome comes later.
  void call(std::string group, TimePoint deadline) {
    tasks.spawn(describe(connection, std::move(group), deadline, outcomes));
  }

  static Awaitable<void> describe(std::shared_ptr<Connection> connection, std::string group,
                                  TimePoint deadline, std::vector<std::string>& outcomes) {
    DescribeGroupsRequest request;
    request.groups.push_back(group);
    const auto reply = co_await connection->call(request, {.deadline = deadline});
    outcomes.push_back(reply ? std::string(reply.value().message.groups.at(0).group_id)
                             : "!" + reply.error().text);
  }

  void sleep(int s) { runtime.run(wait_until(runtime, in(s))); }

  static Awaitable<void> wait_until(Runtime& runtime, TimePoint when) {
    Wakeup pause(runtime);
    co_await pause.wait(when);
  }
};

TEST_F(ConnectionTest, TakesTheNewestVersionInCommon) {
  broker.versions[DescribeGroupsRequest::kApi.key] = {1, 3};
  broker.versions.erase(protocol::ProduceRequest::kApi.key);
  broker.versions[protocol::FetchRequest::kApi.key] = {100, 101};
  ASSERT_TRUE(open());
  EXPECT_EQ(connection->version_for(DescribeGroupsRequest::kApi), 3);
  EXPECT_EQ(connection->version_for(DescribeGroupsRequest::kApi, 2), 2);
  EXPECT_EQ(connection->version_for(DescribeGroupsRequest::kApi, 0), -1);
  EXPECT_EQ(connection->version_for(protocol::ProduceRequest::kApi), -1);
  EXPECT_EQ(connection->version_for(protocol::FetchRequest::kApi), -1);
}

TEST_F(ConnectionTest, NegotiatesWithBrokersOfEveryAge) {
  struct Case {
    std::int16_t newest;
    bool tells_own_range;
    std::vector<std::int16_t> asked;
  };
  const Case cases[] = {{4, true, {4}},
                        {3, true, {4, 3}},       // 2.4 to 3.8
                        {2, false, {4, 3, 0}},   // 0.11 to 2.3
                        {0, false, {4, 3, 0}}};  // 0.10
  for (const Case& each : cases) {
    broker.versions[protocol::kApiVersionsKey] = {0, each.newest};
    broker.tells_own_range = each.tells_own_range;
    broker.seen.clear();
    ASSERT_TRUE(open()) << each.newest;
    std::vector<std::int16_t> asked;
    for (const auto& [key, version] : broker.seen) asked.push_back(version);
    EXPECT_EQ(asked, each.asked) << each.newest;
    EXPECT_GE(connection->version_for(DescribeGroupsRequest::kApi), 0);
    connection->close("next case");
  }
}

TEST_F(ConnectionTest, ABrokerThatDoesNotAnswerIsGivenUp) {
  broker.reads = false;
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, FailureKind::kTimeout);
  EXPECT_EQ(runtime.now(), TimePoint() + seconds(10));
}

TEST_F(ConnectionTest, CallsOverlapAndKeepTheirOrder) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
    broker.piece_bytes = piece;
    outcomes.clear();
    ASSERT_TRUE(open());
    for (const char* group : {"a", "b", "c"}) call(group, kNever);
    sleep(1);
    EXPECT_EQ(outcomes, (std::vector<std::string>{"a", "b", "c"})) << "pieces of " << piece;
    connection->close("next case");
  }
}

TEST_F(ConnectionTest, AMissedDeadlineEndsAllCalls) {
  ASSERT_TRUE(open());
  broker.on<DescribeGroupsRequest>([](const auto&, auto, auto&) { return false; });
  call("a", in(20));
  call("b", in(5));
  call("c", kNever);
  sleep(4);
  EXPECT_TRUE(outcomes.empty());
  sleep(2);
  EXPECT_EQ(outcomes, std::vector<std::string>(3, "!peer: no response in time"));
  EXPECT_FALSE(connection->is_open());
}

TEST_F(ConnectionTest, AConnectionThatBreaksEndsAllCalls) {
  ASSERT_TRUE(open());
  broker.on<DescribeGroupsRequest>([](const auto&, auto, auto&) { return false; });
  call("a", kNever);
  call("b", kNever);
  sleep(1);
  broker.hang_up();
  call("c", kNever);
  sleep(1);
  EXPECT_THAT(outcomes, testing::Each(HasSubstr("peer: connection closed")));
  EXPECT_EQ(outcomes.size(), 3u);
  call("d", kNever);
  sleep(1);
  EXPECT_EQ(outcomes.size(), 4u) << "a closed connection answers at once";
}

TEST_F(ConnectionTest, ClosingEndsACallWhoseRequestIsNotSent) {
  ASSERT_TRUE(open());
  broker.reads = false;
  call("a", kNever);
  sleep(1);
  connection->close("no more");
  sleep(1);
  EXPECT_EQ(outcomes, std::vector<std::string>{"!peer: no more"});
}

TEST_F(ConnectionTest, AnAnswerThatDoesNotDecodeClosesTheConnection) {
  ASSERT_TRUE(open());
  broker.on<DescribeGroupsRequest>([](const auto&, auto, auto&) { return false; });
  call("a", kNever);
  sleep(1);
  Buffer garbage(4 + 4 + 3);
  store_be(garbage.data(), std::int32_t{7});
  store_be(garbage.data() + 4, std::int32_t{2});  // the call's correlation id
  broker.send_to_all(garbage);
  sleep(1);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_THAT(outcomes[0], HasSubstr("peer: DescribeGroups v6 response: "));
  EXPECT_FALSE(connection->is_open());
}

TEST_F(ConnectionTest, WhatTheBrokerDoesNotOfferIsNotSent) {
  broker.versions.erase(DescribeGroupsRequest::kApi.key);
  ASSERT_TRUE(open());
  call("a", kNever);
  sleep(1);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_THAT(outcomes[0], HasSubstr("offers no version of DescribeGroups"));
  EXPECT_TRUE(connection->is_open());
}

}  // namespace
}  // namespace kmirror::net
