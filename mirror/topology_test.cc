#include "mirror/topology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "mirror/testing/fake_pair.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"

namespace kmirror::mirror {
namespace {

using net::Awaitable;
using net::TopicPartition;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

protocol::Uuid topic_id(std::uint8_t number) {
  protocol::Uuid id;
  id.bytes[0] = number;
  return id;
}

struct TopologyTest : testing::Test {
  net::VirtualRuntime runtime;
  FakePair pair{runtime};
  std::map<TopicPartition, std::int64_t> zookeeper_offsets;
  std::optional<Shard> shard;
  std::optional<Topology> topology;

  void TearDown() override { end(); }

  void end() {
    topology.reset();
    if (shard) runtime.run(shard->close());
    shard.reset();
  }

  void start() {
    shard.emplace(runtime, pair.config, 0, std::size_t{8} << 20);
    ASSERT_TRUE(runtime.run(shard->start(runtime.now() + seconds(10))));
    topology.emplace(*shard, pair.config);
    topology->set_old_offsets(zookeeper_offsets);
  }

  // What is new, a line a lane: "orders-0 -> orders identity of 2 from 5".
  std::vector<std::string> plan() {
    if (!shard) start();
    const auto plans = runtime.run(topology->plan_new_lanes());
    EXPECT_TRUE(plans);
    std::vector<std::string> lines;
    for (const LanePlan& plan : plans.value()) {
      const Lane::Settings& lane = plan.lane;
      lines.push_back(fmt::format("{}-{} -> {} {} of {} from {}{}", lane.topic, lane.partition,
                                  lane.destination_topic, mode_name(lane.mode),
                                  lane.destination_partitions, plan.start.offset,
                                  plan.end ? fmt::format(" to {}", *plan.end) : ""));
      notes.push_back(plan.metadata);
    }
    return lines;
  }

  void commit(const TopicPartition& where, std::int64_t offset, std::string note) {
    pair.group[where] = {.offset = offset, .leader_epoch = 3, .metadata = std::move(note)};
  }

  std::vector<std::string> notes;  // to be committed with the lanes planned
};

TEST_F(TopologyTest, TopicsThatMatchAreCreatedAndMirroredFromTheirBeginning) {
  pair.add_topic("orders", 2, 5, 9);
  pair.add_topic("orders-2", 1);
  pair.add_topic("users", 1);
  pair.add_topic("__consumer_offsets", 3);
  pair.source_settings["orders"] = {{"retention.ms", "77"}, {"segment.bytes", "5"}};
  pair.config.topics = *TopicFilter::compile("orders.*|_.*");
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 2 from 5",
                                  "orders-1 -> orders identity of 2 from 5",
                                  "orders-2-0 -> orders-2 identity of 1 from 0"));
  EXPECT_THAT(pair.changes, ElementsAre("create orders 2", "create orders-2 1"));
  EXPECT_EQ(pair.destination_settings["orders"], (FakePair::Settings{{"retention.ms", "77"}}));
  EXPECT_EQ(topology->topics(), 2u);
  EXPECT_THAT(plan(), IsEmpty()) << "what is planned is not new";
  EXPECT_THAT(topology->complaints(), IsEmpty());
}

TEST_F(TopologyTest, AnInternalTopicIsMirroredWhereItIsNamed) {
  pair.add_topic("__consumer_offsets", 1);
  pair.config.topics = *TopicFilter::compile("__consumer_offsets");
  EXPECT_THAT(plan(), ElementsAre(HasSubstr("__consumer_offsets-0")));
}

TEST_F(TopologyTest, ACopyWithinOneClusterIsNotCopiedAgain) {
  pair.source.cluster_id = pair.destination.cluster_id = "one";
  pair.config.topic_prefix = "copy.";
  pair.add_topic("orders", 1);
  pair.add_topic("copy.orders", 1);
  EXPECT_THAT(plan(), ElementsAre(HasSubstr("orders-0 -> copy.orders ")));
}

TEST_F(TopologyTest, WhatAppearsLaterBeginsAtItsFirstRecordWhateverTheResetSays) {
  pair.config.source.auto_offset_reset = OffsetReset::kLatest;
  pair.add_topic("orders", 1, 5, 9);
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 1 from 9"));
  pair.add_topic("users", 1, 0, 4);
  FakePair::lead(pair.source, "orders", 2);
  EXPECT_THAT(plan(), ElementsAre("orders-1 -> orders identity of 2 from 0",
                                  "users-0 -> users identity of 1 from 0"));
}

TEST_F(TopologyTest, UnderIdentityTheDestinationGrowsFirst) {
  pair.add_topic("orders", 1);
  plan();
  FakePair::lead(pair.source, "orders", 3);
  pair.changes.clear();
  EXPECT_THAT(plan(), ElementsAre("orders-1 -> orders identity of 3 from 0",
                                  "orders-2 -> orders identity of 3 from 0"));
  EXPECT_THAT(pair.changes, ElementsAre("grow orders 3"));
  EXPECT_EQ(notes.back(), "kmirror/1 mode=identity partitions=3");
}

TEST_F(TopologyTest, ADestinationThatCannotGrowIsComplainedOfOnceAndTriedAgain) {
  pair.add_topic("orders", 1);
  plan();
  FakePair::lead(pair.source, "orders", 2);
  auto code = protocol::ErrorCode::kTopicAuthorizationFailed;
  pair.destination.on<protocol::CreatePartitionsRequest>(
      [&](const auto& request, auto, auto& response) {
        if (code == protocol::ErrorCode::kNone) FakePair::lead(pair.destination, "orders", 2);
        response.results.push_back({.name = request.topics.at(0).name, .error_code = code});
        return true;
      });
  EXPECT_THAT(plan(), IsEmpty());
  EXPECT_THAT(plan(), IsEmpty());
  EXPECT_THAT(topology->complaints(), ElementsAre(HasSubstr("TOPIC_AUTHORIZATION_FAILED")));
  EXPECT_EQ(std::ranges::count(runtime.lines, topology->complaints().front()), 1);
  code = protocol::ErrorCode::kNone;
  EXPECT_THAT(plan(), ElementsAre("orders-1 -> orders identity of 2 from 0"));
  EXPECT_THAT(topology->complaints(), IsEmpty());
}

// Without a note and without partitioning=, the numbers of partitions decide.
TEST_F(TopologyTest, OtherPartitionsAtTheDestinationMeanKeys) {
  for (const int there : {1, 2, 3}) {
    pair.add_topic("orders", 2);
    FakePair::lead(pair.destination, "orders", there);
    const std::string mode = there == 2 ? "identity" : "key";
    const std::string expected = fmt::format("orders-0 -> orders {} of {} from 0", mode, there);
    EXPECT_THAT(plan(), Contains(expected));
    EXPECT_THAT(notes, Each(fmt::format("kmirror/1 mode={} partitions={}", mode, there)));
    EXPECT_THAT(pair.changes, IsEmpty());
    notes.clear();
    end();
  }
}

TEST_F(TopologyTest, DestinationPartitionsOfTheConfigAreForTopicsCreated) {
  pair.config.destination_partitions = 5;
  pair.add_topic("orders", 2);
  pair.add_topic("users", 2);
  FakePair::lead(pair.destination, "users", 2);
  EXPECT_THAT(plan(), Contains("orders-0 -> orders key of 5 from 0"));
  EXPECT_THAT(pair.changes, ElementsAre("create orders 5"));
}

TEST_F(TopologyTest, WhatWasRecordedDecidesTheMode) {
  struct Case {
    const char* what;
    const char* note;
    Partitioning asked;
    int there;
    const char* expected;  // of partition 0, or of the complaint
  };
  const Case cases[] = {
      {"the destination grew under keys", "kmirror/1 mode=key partitions=2", Partitioning::kAuto, 3,
       "orders-0 -> orders key of 2 from 7"},
      {"partitions became equal", "kmirror/1 mode=key partitions=2", Partitioning::kAuto, 2,
       "orders-0 -> orders key of 2 from 7"},
      {"the destination has more", "kmirror/1 mode=identity partitions=2", Partitioning::kAuto, 3,
       "orders-0 -> orders identity of 3 from 7"},
      {"no note of ours", "consumer-1", Partitioning::kAuto, 2,
       "orders-0 -> orders identity of 2 from 7"},
      {"asked for by name", "consumer-1", Partitioning::kKey, 2,
       "orders-0 -> orders key of 2 from 7"},
      {"as recorded", "kmirror/1 mode=key partitions=3", Partitioning::kKey, 3,
       "orders-0 -> orders key of 3 from 7"},
      {"contradiction", "kmirror/1 mode=key partitions=3", Partitioning::kIdentity, 3,
       "mirrored with partitioning=key so far"},
      {"contradiction", "kmirror/1 mode=identity partitions=2", Partitioning::kKey, 2,
       "mirrored with partitioning=identity so far"},
  };
  for (const Case& each : cases) {
    pair.add_topic("orders", 2, 0, 9);
    FakePair::lead(pair.destination, "orders", each.there);
    for (const int p : {0, 1}) commit({"orders", p}, 7, each.note);
    pair.config.partitioning = each.asked;
    std::vector<std::string> said = plan();
    const auto complaints = topology->complaints();
    said.insert(said.end(), complaints.begin(), complaints.end());
    EXPECT_THAT(said, Contains(HasSubstr(each.expected))) << each.what;
    EXPECT_EQ(complaints.empty(), said.size() == 2) << each.what;
    end();
  }
}

// A group's own position, then that of the old consumer in ZooKeeper, then auto.offset.reset.
TEST_F(TopologyTest, WhereLanesStart) {
  struct Case {
    OffsetReset reset;
    const char* last;  // what becomes of partition 2, which nobody read before
  };
  const Case cases[] = {{OffsetReset::kEarliest, "orders-2 -> orders identity of 3 from 5"},
                        {OffsetReset::kLatest, "orders-2 -> orders identity of 3 from 90"},
                        {OffsetReset::kNone, nullptr}};
  for (const Case& each : cases) {
    pair.config.source.auto_offset_reset = each.reset;
    pair.add_topic("orders", 3, 5, 90);
    commit({"orders", 0}, 40, "");
    zookeeper_offsets = {{{"orders", 0}, 30}, {{"orders", 1}, 31}};
    const auto lines = plan();
    if (each.last == nullptr) {
      EXPECT_THAT(lines, IsEmpty());
      EXPECT_THAT(topology->complaints(),
                  ElementsAre(HasSubstr("group g has no position for partition 2")));
    } else {
      EXPECT_THAT(lines, ElementsAre("orders-0 -> orders identity of 3 from 40",
                                     "orders-1 -> orders identity of 3 from 31", each.last));
    }
    end();
  }
}

TEST_F(TopologyTest, ATopicCreatedAgainBeginsAnewAndForgetsItsMode) {
  pair.config.source.auto_offset_reset = OffsetReset::kLatest;
  pair.add_topic("orders", 2, 0, 9);
  pair.source.topic_ids["orders"] = topic_id(2);
  FakePair::lead(pair.destination, "orders", 2);
  for (const int p : {0, 1}) {
    commit({"orders", p}, 7, "kmirror/1 mode=key partitions=2 topic=" + topic_id(1).to_string());
  }
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 2 from 0",
                                  "orders-1 -> orders identity of 2 from 0"));
  EXPECT_THAT(runtime.lines, Contains(HasSubstr("created again at the source")));
  EXPECT_THAT(notes, Each("kmirror/1 mode=identity partitions=2 topic=" + topic_id(2).to_string()));
}

TEST_F(TopologyTest, TheSameTopicGoesOn) {
  pair.add_topic("orders", 1, 0, 9);
  pair.source.topic_ids["orders"] = topic_id(1);
  commit({"orders", 0}, 7, "kmirror/1 mode=identity partitions=1 topic=" + topic_id(1).to_string());
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 1 from 7"));
}

// A source that was downgraded, or whose older brokers answer while it is upgraded.
TEST_F(TopologyTest, ATopicThatIsNamedWithoutAnIdGoesOnAndKeepsTheRecordedOne) {
  const std::string note = "kmirror/1 mode=identity partitions=1 topic=" + topic_id(1).to_string();
  pair.add_topic("orders", 1, 0, 9);
  commit({"orders", 0}, 7, note);
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 1 from 7"));
  EXPECT_THAT(notes, ElementsAre(note));
}

TEST_F(TopologyTest, UntilEndTheEndsOfNowAreTheEnds) {
  pair.config.until_end = true;
  pair.add_topic("orders", 1, 5, 90);
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 1 from 5 to 90"));
}

TEST_F(TopologyTest, ATopicThatFailsDoesNotHoldUpOthers) {
  pair.add_topic("a", 1);
  pair.add_topic("b", 1);
  pair.undescribed = {"a"};
  EXPECT_THAT(plan(), ElementsAre("b-0 -> b identity of 1 from 0"));
  EXPECT_THAT(topology->complaints(), ElementsAre(HasSubstr("topic a is not mirrored: ")));
  pair.source.topics.erase("a");
  EXPECT_THAT(plan(), IsEmpty());
  EXPECT_THAT(topology->complaints(), IsEmpty()) << "a topic that is gone is not missed";
}

TEST_F(TopologyTest, ExistingTopicsThatKeepLessOrOtherTimesAreWarnedOf) {
  pair.add_topic("orders", 1);
  FakePair::lead(pair.destination, "orders", 1);
  pair.source_settings["orders"] = {{"retention.ms", "77"},
                                    {"message.timestamp.type", "LogAppendTime"}};
  pair.destination_settings["orders"] = {{"retention.ms", "76"},
                                         {"message.timestamp.type", "CreateTime"}};
  plan();
  EXPECT_THAT(runtime.lines, Contains(HasSubstr("keeps less than the source")));
  EXPECT_THAT(runtime.lines,
              Contains(AllOf(HasSubstr("message.timestamp.type is LogAppendTime at the source"),
                             HasSubstr("CreateTime in the destination topic orders"))));
  runtime.lines.clear();
  end();
  pair.destination_settings = pair.source_settings;
  plan();
  EXPECT_THAT(runtime.lines, Not(Contains(HasSubstr("timestamp"))));
}

TEST_F(TopologyTest, PlanningEndsWhenItIsNotWantedAnyMore) {
  pair.add_topic("a", 1);
  pair.add_topic("b", 1);
  start();
  pair.destination.on<protocol::CreateTopicsRequest>([&](const auto&, auto, auto& response) {
    topology->request_stop();
    response.topics.push_back(
        {.name = "a", .error_code = protocol::ErrorCode::kTopicAuthorizationFailed});
    return true;
  });
  EXPECT_THAT(plan(), IsEmpty());
  EXPECT_THAT(topology->complaints(), IsEmpty());
}

// Seed 607 of the simulation: brokers hear of a new topic one after the other, and keys were spread
// over no partitions at all.
TEST_F(TopologyTest, ACopyThatTheDestinationDoesNotNameYetIsWaitedFor) {
  pair.add_topic("orders", 2, 0, 5);
  pair.config.partitioning = Partitioning::kKey;
  pair.destination.on<protocol::CreateTopicsRequest>([](const auto& request, auto, auto& response) {
    for (const auto& topic : request.topics) response.topics.emplace_back().name = topic.name;
    return true;
  });
  EXPECT_TRUE(plan().empty());
  FakePair::lead(pair.destination, "orders", 3);
  EXPECT_EQ(plan().size(), 2u);
}

Awaitable<void> later(net::VirtualRuntime& runtime, std::function<void()> change) {
  net::Wakeup pause(runtime);
  co_await pause.wait(runtime.now() + seconds(12));
  change();
}

TEST_F(TopologyTest, ACopyWhosePartitionsAreNotKnownYetIsWaitedForAndNotCreated) {
  pair.add_topic("orders", 1);
  pair.destination.topics["orders"] = {};
  start();
  net::TaskGroup tasks(runtime);
  tasks.spawn(later(runtime, [this] { FakePair::lead(pair.destination, "orders", 1); }));
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 1 from 0"));
  EXPECT_THAT(pair.changes, IsEmpty());
  EXPECT_THAT(runtime.lines, Not(Contains(HasSubstr("not mirrored"))));
  runtime.run(tasks.join());
}

// Seed 37 of the simulation.
TEST_F(TopologyTest, ACopyThatIsGoneBeforeItsPartitionsAreKnownIsCreated) {
  pair.add_topic("orders", 1);
  pair.destination.topics["orders"] = {};
  start();
  net::TaskGroup tasks(runtime);
  tasks.spawn(later(runtime, [this] { pair.destination.topics.clear(); }));
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 1 from 0"));
  EXPECT_THAT(pair.changes, ElementsAre("create orders 1"));
  runtime.run(tasks.join());
}

TEST_F(TopologyTest, ACopyThatABrokerHasNotHeardOfIsNoMistakeOfTheUser) {
  pair.add_topic("orders", 2);
  pair.destination.on<protocol::CreateTopicsRequest>(
      [&](const auto& request, auto, auto& response) {
        FakePair::lead(pair.destination, "orders", 3);
        response.topics.push_back({.name = request.topics.at(0).name,
                                   .error_code = protocol::ErrorCode::kTopicAlreadyExists});
        return true;
      });
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders key of 3 from 0",
                                  "orders-1 -> orders key of 3 from 0"));
  EXPECT_THAT(runtime.lines, Not(Contains(HasSubstr("not mirrored"))));
}

TEST_F(TopologyTest, ASourceTopicWhosePartitionsAreNotKnownYetIsLookedAtAgain) {
  pair.add_topic("orders", 0);
  EXPECT_THAT(plan(), IsEmpty());
  EXPECT_THAT(topology->complaints(), IsEmpty());
  EXPECT_THAT(pair.changes, IsEmpty());
  pair.add_topic("orders", 1);
  EXPECT_THAT(plan(), ElementsAre("orders-0 -> orders identity of 1 from 0"));
}

}  // namespace
}  // namespace kmirror::mirror
