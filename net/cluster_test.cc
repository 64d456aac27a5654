#include "net/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "net/testing/fake_cluster.h"

namespace kmirror::net {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

Awaitable<void> pause(Runtime& runtime, Duration time) {
  Wakeup wakeup(runtime);
  co_await wakeup.wait(runtime.now() + time);
}

Awaitable<void> sleep(Runtime& runtime, int s) {
  return pause(runtime, seconds(s));
}

Awaitable<void> accept_later(Runtime& runtime, ScriptedBroker& broker, int s) {
  co_await sleep(runtime, s);
  broker.accepts = true;
}

struct ClusterTest : testing::Test {
  VirtualRuntime runtime;
  FakeCluster brokers{runtime};
  ClusterSettings settings = FakeCluster::settings();
  std::unique_ptr<Cluster> cluster;

  Result<void> start(int s = 10) {
    cluster = std::make_unique<Cluster>(runtime, settings);
    return runtime.run(cluster->start(runtime.now() + seconds(s)));
  }
  void TearDown() override { runtime.run(cluster->stop()); }
};

TEST_F(ClusterTest, StartsFromAnyBootstrapServer) {
  settings.bootstrap = {{"nowhere", 1}, {"b2", 9092}};
  brokers.topics["t"] = {1, 2};
  ASSERT_TRUE(start());
  EXPECT_EQ(cluster->metadata().cluster_id, "fake");
  EXPECT_EQ(cluster->metadata().brokers.size(), 2u);
  EXPECT_TRUE(cluster->metadata().topics.empty()) << "nothing is tracked yet";
}

TEST_F(ClusterTest, WaitsForAServerThatComesLater) {
  brokers.broker(1).accepts = false;
  TaskGroup tasks(runtime);
  tasks.spawn(accept_later(runtime, brokers.broker(1), 3));
  EXPECT_TRUE(start());
  EXPECT_GE(runtime.now(), TimePoint() + seconds(3));
  runtime.run(tasks.join());
}

TEST_F(ClusterTest, SaysWhichServersCannotBeReached) {
  settings.bootstrap = {{"nowhere", 1}, {"::1", 2}};
  runtime.network.names["nowhere"] = {};
  const auto started = start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text,
              HasSubstr("no test broker could be reached (bootstrap.servers=nowhere:1,[::1]:2)"));
  EXPECT_LE(runtime.now(), TimePoint() + seconds(10));
}

TEST_F(ClusterTest, TriesEveryAddressOfAHost) {
  settings.bootstrap = {{"many", 9092}};
  runtime.network.names["many"] = {.ips = {"down1", "down2", "b2"}};
  EXPECT_TRUE(start());
}

TEST_F(ClusterTest, TracksTopics) {
  brokers.topics = {{"t", {1, -1}}, {"u", {2}}};
  ASSERT_TRUE(start());
  cluster->track("t");
  cluster->track("absent");
  int changes = 0;
  cluster->on_metadata = [&changes] { ++changes; };
  ASSERT_TRUE(runtime.run(cluster->refresh()));
  EXPECT_EQ(changes, 1);
  EXPECT_EQ(cluster->metadata().topics.size(), 1u);
  EXPECT_EQ(cluster->metadata().leader_of("t", 0), 1);
  cluster->track_all();
  ASSERT_TRUE(runtime.run(cluster->refresh()));
  EXPECT_EQ(cluster->metadata().leader_of("u", 0), 2);
}

// With thousands of topics, to read all for each of them would be a lot.
TEST_F(ClusterTest, ReadsOneTopicAndKeepsTheOthers) {
  brokers.topics = {{"t", {1}}, {"u", {2}}};
  ASSERT_TRUE(start());
  cluster->track_all();
  ASSERT_TRUE(runtime.run(cluster->refresh()));
  brokers.topics = {{"t", {2}}, {"u", {1}}};
  ASSERT_TRUE(runtime.run(cluster->refresh("u")));
  EXPECT_EQ(cluster->metadata().leader_of("u", 0), 1);
  EXPECT_EQ(cluster->metadata().leader_of("t", 0), 1) << "was not asked for";
  brokers.topics.erase("u");
  ASSERT_TRUE(runtime.run(cluster->refresh("u")));
  EXPECT_FALSE(cluster->metadata().topics.contains("u"));
  EXPECT_TRUE(cluster->metadata().topics.contains("t"));
}

TEST_F(ClusterTest, RefreshesByItselfAndWhenAsked) {
  brokers.topics["t"] = {1};
  ASSERT_TRUE(start());
  cluster->track("t");
  cluster->request_refresh();
  runtime.run(sleep(runtime, 1));
  EXPECT_EQ(cluster->metadata().leader_of("t", 0), 1);
  brokers.topics["t"] = {2};
  runtime.run(sleep(runtime, 299));
  EXPECT_EQ(cluster->metadata().leader_of("t", 0), 1);
  runtime.run(sleep(runtime, 3));
  EXPECT_EQ(cluster->metadata().leader_of("t", 0), 2);
}

TEST_F(ClusterTest, AnOutageOfAllBrokersIsLoggedOnceAndSurvived) {
  brokers.topics["t"] = {1};
  ASSERT_TRUE(start());
  cluster->track("t");
  for (const int id : {1, 2}) brokers.broker(id).accepts = false;
  for (const int id : {1, 2}) brokers.broker(id).hang_up();
  cluster->request_refresh();
  runtime.run(sleep(runtime, 60));
  EXPECT_EQ(runtime.lines.size(), 1u);
  brokers.broker(2).accepts = true;
  runtime.run(sleep(runtime, 10));
  EXPECT_EQ(cluster->metadata().leader_of("t", 0), 1);
  EXPECT_EQ(runtime.lines.back(), "test: metadata is read again");
}

// The refresh may fail a moment before the loops notice that their connections are gone.
TEST_F(ClusterTest, AnOutageThatIsReportedIsNotSaidAgainByTheMetadata) {
  ASSERT_TRUE(start());
  for (const int id : {1, 2}) brokers.broker(id).accepts = false;
  for (const int id : {1, 2}) brokers.broker(id).hang_up();
  cluster->request_refresh();
  runtime.run(pause(runtime, std::chrono::milliseconds(130)));
  cluster->report_outage(1, {.kind = FailureKind::kClosed, .text = "gone"});
  runtime.run(sleep(runtime, 10));
  brokers.broker(1).accepts = true;
  runtime.run(sleep(runtime, 10));
  EXPECT_THAT(runtime.lines, testing::ElementsAre(HasSubstr("connection lost; reconnecting"),
                                                  HasSubstr("connected again")));
}

TEST_F(ClusterTest, ControlConnectionsAreSharedAndReplaced) {
  ASSERT_TRUE(start());
  const auto first = runtime.run(cluster->control(2));
  const auto second = runtime.run(cluster->control(2));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first.value(), second.value());
  EXPECT_EQ(first.value()->peer(), "test broker 2 (b2:9092)");
  brokers.broker(2).hang_up();
  runtime.run(sleep(runtime, 1));
  const auto third = runtime.run(cluster->control(2));
  ASSERT_TRUE(third);
  EXPECT_TRUE(third.value()->is_open());
  EXPECT_EQ(brokers.broker(2).connections, 2);
}

Awaitable<void> take_control(Cluster& cluster, std::set<Cluster::ConnectionPtr>& taken) {
  const auto connection = co_await cluster.control(2);
  if (connection) taken.insert(connection.value());
}

TEST_F(ClusterTest, ControlConnectionsAskedForAtOnceAreTheSame) {
  ASSERT_TRUE(start());
  std::set<Cluster::ConnectionPtr> taken;
  TaskGroup tasks(runtime);
  for (int i = 0; i < 3; ++i) tasks.spawn(take_control(*cluster, taken));
  runtime.run(tasks.join());
  EXPECT_EQ(taken.size(), 1u);
}

TEST_F(ClusterTest, DialledConnectionsAreTheCallersOwnUntilStop) {
  ASSERT_TRUE(start());
  const auto own = runtime.run(cluster->dial(2));
  const auto other = runtime.run(cluster->dial(2));
  ASSERT_TRUE(own && other);
  EXPECT_NE(own.value(), other.value());
  EXPECT_FALSE(runtime.run(cluster->dial(3)));
  runtime.run(cluster->stop());
  EXPECT_FALSE(own.value()->is_open());
  EXPECT_FALSE(runtime.run(cluster->dial(2)));
}

}  // namespace
}  // namespace kmirror::net
