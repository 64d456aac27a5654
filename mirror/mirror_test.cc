// Whole mirrors between two clusters of scripted brokers, in virtual time. The shards share one
// Runtime, and so its clock; what they do on its executor they do in turn.
#include "mirror/mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "mirror/testing/fake_pair.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct MirrorTest : testing::Test {
  net::VirtualRuntime runtime;
  FakePair pair{runtime};
  std::optional<Mirror> mirror;
  std::size_t shards = 1;
  int reports = 0;
  std::function<void(int number, const MirrorReport&)> on_report;
  Duration took{};  // from the wish to stop to the end

  void make() {
    mirror.emplace(std::vector<net::Runtime*>(shards, &runtime), pair.config);
    mirror->on_report = [this](const MirrorReport& report) {
      ++reports;
      if (on_report) on_report(reports, report);
    };
  }

  MirrorOutcome run() {
    make();
    return runtime.run(mirror->run());
  }

  MirrorOutcome run_and_stop_after(Duration time) {
    make();
    net::TaskGroup tasks(runtime);
    tasks.spawn(stop_after(time));
    MirrorOutcome outcome = runtime.run(mirror->run());
    took = runtime.now() - stopped_at_;
    runtime.run(tasks.join());
    return outcome;
  }

  // The values that each partition of a topic that FakePair filled has.
  static std::vector<std::string> numbers(int count) {
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) values.push_back(std::to_string(i));
    return values;
  }

 private:
  net::Awaitable<void> stop_after(Duration time) {
    net::Wakeup pause(runtime);
    co_await pause.wait(runtime.now() + time);
    stopped_at_ = runtime.now();
    mirror->request_stop();
  }

  TimePoint stopped_at_{};
};

TEST_F(MirrorTest, ShardsShareThePartitionsAndEndTogether) {
  shards = 3;
  pair.config.lanes_together = 2;
  pair.config.until_end = true;
  pair.add_filled_topic("orders", 4, 10);
  pair.add_filled_topic("users", 1, 5);
  int producers = 0;
  pair.destination.on<protocol::InitProducerIdRequest>([&](const auto&, auto, auto& response) {
    response.producer_id = ++producers;
    return true;
  });
  std::set<std::int64_t> busy;
  pair.on_produced = [&](const protocol::BatchView& batch) { busy.insert(batch.producer_id()); };
  const MirrorOutcome outcome = run();
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(outcome.report.topics, 2u);
  EXPECT_EQ(outcome.report.lanes, 5u);
  EXPECT_EQ(outcome.report.ended_lanes, 5u);
  EXPECT_EQ(outcome.report.lag, 0);
  EXPECT_EQ(outcome.report.counters.records, 45u);
  EXPECT_EQ(busy, (std::set<std::int64_t>{1, 2, 3}));
  for (const int partition : {0, 1, 2, 3}) {
    EXPECT_EQ((pair.copy[{"orders", partition}]), numbers(10));
    EXPECT_EQ((pair.group[{"orders", partition}].offset), 10);
  }
  EXPECT_EQ((pair.group[{"users", 0}].offset), 5);
  EXPECT_GE(reports, 1);
}

TEST_F(MirrorTest, StopsWhenAskedAndTheNextGoesOnFromThere) {
  pair.add_filled_topic("orders", 1, 10);
  const MirrorOutcome outcome = run_and_stop_after(seconds(5) - Duration(1));
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_LT(took, seconds(1));
  EXPECT_EQ(outcome.report.counters.records, 10u);
  EXPECT_EQ((pair.group[{"orders", 0}].offset), 10);
  EXPECT_EQ(reports, 5);
  EXPECT_EQ(run_and_stop_after(seconds(5)).report.counters.records, 0u);
  EXPECT_EQ((pair.copy[{"orders", 0}]), numbers(10));
}

TEST_F(MirrorTest, TopicsThatAppearAreMirrored) {
  shards = 2;
  pair.add_filled_topic("orders", 1, 10);
  on_report = [&](int number, const MirrorReport&) {
    if (number == 3) pair.add_filled_topic("users", 2, 5);
    if (number == 25) mirror->request_stop();
  };
  const MirrorOutcome outcome = run();
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(outcome.report.topics, 2u);
  for (const int partition : {0, 1}) EXPECT_EQ((pair.copy[{"users", partition}]), numbers(5));
}

TEST_F(MirrorTest, AShardThatCannotStartEndsAllWithItsReason) {
  shards = 3;
  pair.add_filled_topic("orders", 1, 10);
  int producers = 0;
  pair.destination.on<protocol::InitProducerIdRequest>([&](const auto&, auto, auto& response) {
    response.producer_id = ++producers;
    if (producers == 2) response.error_code = ErrorCode::kTransactionalIdAuthorizationFailed;
    return true;
  });
  const MirrorOutcome outcome = run();
  EXPECT_EQ(outcome.code, ExitCode::kStart);
  EXPECT_THAT(outcome.error, HasSubstr("InitProducerId: TRANSACTIONAL_ID_AUTHORIZATION_FAILED"));
  EXPECT_THAT(pair.copy, IsEmpty());
  EXPECT_THAT(pair.group, IsEmpty());
}

TEST_F(MirrorTest, AGroupInUseIsRefused) {
  pair.members = 2;
  const MirrorOutcome outcome = run();
  EXPECT_EQ(outcome.code, ExitCode::kStart);
  EXPECT_THAT(outcome.error, HasSubstr("group g is in use at the source by 2 live members"));
}

TEST_F(MirrorTest, OneClusterAtBothEndsNeedsAPrefix) {
  pair.source.cluster_id = pair.destination.cluster_id = "one";
  MirrorOutcome outcome = run();
  EXPECT_EQ(outcome.code, ExitCode::kStart);
  EXPECT_THAT(outcome.error, HasSubstr("source and destination are the same cluster (one)"));
  pair.config.topic_prefix = "copy.";
  outcome = run_and_stop_after(seconds(3));
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
}

TEST_F(MirrorTest, WithoutATopicItWaitsUnlessItIsToEnd) {
  EXPECT_EQ(run_and_stop_after(seconds(3)).code, ExitCode::kOk);
  EXPECT_THAT(runtime.lines,
              Contains(HasSubstr("no topic of the source matches \".*\" yet; wait")));
  pair.config.until_end = true;
  const MirrorOutcome outcome = run();
  EXPECT_EQ(outcome.code, ExitCode::kIncomplete);
  EXPECT_EQ(outcome.error, "no topic matches \".*\"");
}

TEST_F(MirrorTest, ATopicThatCannotBeMirroredShowsInTheExitCode) {
  pair.config.until_end = true;
  pair.add_filled_topic("orders", 1, 10);
  pair.add_filled_topic("users", 1, 10);
  pair.undescribed = {"users"};
  const MirrorOutcome outcome = run();
  EXPECT_EQ(outcome.code, ExitCode::kIncomplete);
  EXPECT_THAT(outcome.error, HasSubstr("topic users is not mirrored"));
  EXPECT_EQ((pair.copy[{"orders", 0}]), numbers(10));
}

TEST_F(MirrorTest, ADestinationThatHangsEndsAfterAWhileAsAFailure) {
  pair.add_filled_topic("orders", 1, 10);
  FakePair::hang<protocol::ProduceRequest>(pair.destination);
  const MirrorOutcome outcome = run_and_stop_after(seconds(5));
  EXPECT_EQ(outcome.code, ExitCode::kFailure);
  EXPECT_THAT(outcome.error, HasSubstr("could not be finished in time"));
  EXPECT_EQ(took, seconds(30));
  EXPECT_EQ((pair.group[{"orders", 0}].offset), 0);
}

TEST_F(MirrorTest, UntilEndIsIncompleteWhenItIsCutShort) {
  pair.config.until_end = true;
  pair.add_filled_topic("orders", 1, 10);
  pair.logs[{"orders", 0}].end = 20;
  const MirrorOutcome outcome = run_and_stop_after(seconds(5));
  EXPECT_EQ(outcome.code, ExitCode::kIncomplete);
  EXPECT_THAT(outcome.error, HasSubstr("stopped before the ends were reached"));
}

// Whatever the start waits for, the wish to stop ends it.
struct StuckStart {
  const char* name;
  void (*hang)(FakePair&);
};
struct BrokenOff : MirrorTest, testing::WithParamInterface<StuckStart> {};

TEST_P(BrokenOff, StartsEndSoon) {
  shards = 2;
  pair.add_filled_topic("orders", 2, 10);
  pair.add_filled_topic("users", 2, 10);
  GetParam().hang(pair);
  MirrorOutcome outcome = run_and_stop_after(seconds(1));
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_LT(took, seconds(2));
  EXPECT_EQ(outcome.report.lanes, 0u);
  EXPECT_THAT(runtime.lines, Not(Contains(HasSubstr("is not mirrored"))));
  pair.config.until_end = true;
  outcome = run_and_stop_after(seconds(1));
  EXPECT_EQ(outcome.code, ExitCode::kIncomplete);
  EXPECT_THAT(outcome.error, HasSubstr("stopped before the ends were reached"));
}

constexpr StuckStart kStuckStarts[] = {
    {"MetadataAtSource",
     [](FakePair& pair) { FakePair::hang<protocol::MetadataRequest>(pair.source); }},
    {"MetadataAtDestination",
     [](FakePair& pair) { FakePair::hang<protocol::MetadataRequest>(pair.destination); }},
    {"InitProducerIdAtDestination",
     [](FakePair& pair) { FakePair::hang<protocol::InitProducerIdRequest>(pair.destination); }},
    {"DescribeGroupsAtSource",
     [](FakePair& pair) { FakePair::hang<protocol::DescribeGroupsRequest>(pair.source); }},
    {"OffsetFetchAtSource",
     [](FakePair& pair) { FakePair::hang<protocol::OffsetFetchRequest>(pair.source); }},
    {"DescribeConfigsAtSource",
     [](FakePair& pair) { FakePair::hang<protocol::DescribeConfigsRequest>(pair.source); }},
    {"CreateTopicsAtDestination",
     [](FakePair& pair) { FakePair::hang<protocol::CreateTopicsRequest>(pair.destination); }},
    {"ListOffsetsAtSource",
     [](FakePair& pair) { FakePair::hang<protocol::ListOffsetsRequest>(pair.source); }},
    {"SourceRefusesConnections",
     [](FakePair& pair) {
       for (const std::int32_t id : {1, 2}) pair.source.broker(id).accepts = false;
     }},
};

INSTANTIATE_TEST_SUITE_P(Mirror, BrokenOff, testing::ValuesIn(kStuckStarts),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace kmirror::mirror
