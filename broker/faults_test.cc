// The controls of a cluster, as clients see what they do.
#include "broker/testing/topic_cluster.h"
#include "net/admin.h"
#include "net/testing/fake_cluster.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/metadata.h"

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;
using std::chrono::milliseconds;

using FaultsTest = TopicCluster;

TEST_F(FaultsTest, RetentionTakesWhatIsOldFromReaders) {
  start_with({}, {{"retention.ms", "60000"}});
  EXPECT_EQ(of(produce(1, {.timestamp_ms = 1000})).error_code, ErrorCode::kNone);
  const auto waiting = fetch(1, {.max_wait_ms = 1000, .min_bytes = 1 << 20});
  EXPECT_FALSE(waiting->is_answered);
  cluster->run_retention();
  settle();
  EXPECT_EQ(of(waiting).error_code, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(list_offset(-2), 1);
  EXPECT_EQ(list_offset(-1), 1);

  produce(1, {.timestamp_ms = cluster->wall_clock_ms()});
  cluster->run_retention();
  EXPECT_EQ(list_offset(-2), 1);
  EXPECT_EQ(read_to(of(fetch(1, {.offset = 1}))), 2);
}

TEST_F(FaultsTest, RetentionLeavesTopicsThatAreOnlyCompacted) {
  start_with({}, {{"cleanup.policy", "compact"}, {"retention.ms", "60000"}});
  produce(1, {.timestamp_ms = 1000});
  cluster->run_retention();
  EXPECT_EQ(list_offset(-2), 0);
}

TEST_F(FaultsTest, CompactionLeavesReadersTheNewestOfEachKey) {
  start_with({}, {{"cleanup.policy", "compact"}});
  for (int i = 0; i < 3; ++i) produce(1);
  cluster->run_compaction();
  const auto asked = fetch(1, {});
  const auto slices = of(asked).records->slices();
  ASSERT_EQ(slices.size(), 1u);
  EXPECT_EQ(protocol::BatchView(slices[0]).base_offset(), 2);
  EXPECT_EQ(list_offset(-2), 0);
  EXPECT_EQ(list_offset(-1), 3);
}

TEST_F(FaultsTest, CompactionLeavesOtherTopics) {
  for (int i = 0; i < 3; ++i) produce(1);
  cluster->run_compaction();
  EXPECT_EQ(of(fetch(1, {})).records->slices().size(), 3u);
}

TEST_F(FaultsTest, WhatAPausedReplicaLacksIsNotCommitted) {
  produce(-1);
  cluster->paused_replicas.insert(3);
  const auto waiting = produce(-1);
  EXPECT_FALSE(waiting->is_answered);
  EXPECT_EQ(of(produce(1)).base_offset, 2);
  EXPECT_EQ(list_offset(-1), 1);
  EXPECT_EQ(read_to(of(fetch(1, {}))), 1);
  cluster->resume_replicas(3);
  settle();
  ASSERT_TRUE(waiting->is_answered);
  EXPECT_EQ(of(waiting).error_code, ErrorCode::kNone);
  EXPECT_EQ(of(waiting).base_offset, 1);
  EXPECT_EQ(list_offset(-1), 3);
}

TEST_F(FaultsTest, ProducersDoNotWaitForPausedReplicasForEver) {
  cluster->paused_replicas.insert(3);
  const auto waiting = produce(-1);
  pass(milliseconds(1001));
  ASSERT_TRUE(waiting->is_answered);
  EXPECT_EQ(of(waiting).error_code, ErrorCode::kRequestTimedOut);
  EXPECT_EQ(partition->log.end_offset(), 1) << "it is there nonetheless";
}

TEST_F(FaultsTest, AnUncleanElectionTakesWhatWasAcknowledged) {
  produce(-1, {.records = 2});
  hold_back(3);
  EXPECT_EQ(of(produce(-1, {.records = 3})).error_code, ErrorCode::kNone);
  EXPECT_EQ(list_offset(-1), 5);
  const auto waiting = fetch(1, {.offset = 5, .max_wait_ms = 1000});
  cluster->move_leader(*partition, 3);
  settle();
  EXPECT_TRUE(waiting->is_answered) << "who waits hears of it";
  EXPECT_EQ(list_offset(-1), 2);
  EXPECT_EQ(of(fetch(3, {.offset = 5})).error_code, ErrorCode::kOffsetOutOfRange);
  const auto diverged = fetch(3, {.offset = 5, .last_fetched_epoch = 0});
  EXPECT_EQ(of(diverged).diverging_epoch.epoch, 0);
  EXPECT_EQ(of(diverged).diverging_epoch.end_offset, 2);

  protocol::MetadataRequest about;
  about.topics.emplace().emplace_back().name = "t";
  const auto told = ask(std::move(about), 9);
  const auto& answer = told->response.topics.at(0).partitions.at(0);
  EXPECT_EQ(answer.leader_id, 3);
  EXPECT_EQ(answer.leader_epoch, 1);
  EXPECT_EQ(answer.isr_nodes, (std::vector<std::int32_t>{1, 2, 3})) << "the others follow at once";
  EXPECT_EQ(of(produce(-1)).base_offset, 2);
}

net::Awaitable<net::Result<void>> create(net::Runtime& runtime, std::string name) {
  net::Cluster client(runtime, net::FakeCluster::settings());  // b1:9092
  auto created = co_await client.start(kNever);
  net::NewTopic topic{.name = std::move(name), .partitions = 1};
  if (created) created = co_await net::create_topic(client, std::move(topic), false);
  co_await client.stop();
  co_return created;
}

TEST(MangleTest, AnswersAreSpoiledOnTheirWay) {
  net::sim::World world(1);
  net::sim::Network network(world);
  net::sim::Process server(world, network, "broker", "b1");
  net::sim::Process client(world, network, "client", "c");
  Cluster cluster({.nodes = {{.id = 1, .runtime = &server, .listen = {"b1", 9092}}}});
  ASSERT_TRUE(cluster.start());
  int spoiled = 0;
  cluster.mangle = [&spoiled](const CallContext& call, std::int16_t api_key, Buffer& frame) {
    EXPECT_EQ(call.node.id(), 1);
    EXPECT_EQ(load_be<std::uint32_t>(frame.data()), frame.size() - 4);
    if (api_key != protocol::CreateTopicsRequest::kApi.key || spoiled > 0) return;
    ++spoiled;
    frame.resize(10);
    store_be(frame.data(), std::int32_t{6});
  };
  const auto refused = client.run(create(client, "a"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, net::FailureKind::kMalformed) << refused.error().text;
  EXPECT_NE(cluster.find_topic("a"), nullptr) << "the request was carried out";
  EXPECT_TRUE(client.run(create(client, "b")));
  EXPECT_EQ(spoiled, 1);
  server.run(cluster.stop());
}

}  // namespace
}  // namespace kmirror::broker
