#include "net/admin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "net/testing/fake_cluster.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/list_offsets.h"

namespace kmirror::net {
namespace {

using protocol::CreatePartitionsRequest;
using protocol::CreateTopicsRequest;
using protocol::DeleteTopicsRequest;
using protocol::DescribeConfigsRequest;
using protocol::ErrorCode;
using protocol::ListOffsetsRequest;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

// What a scripted answer is to be: an error code, or no answer at all.
using Step = std::optional<ErrorCode>;

struct AdminTest : testing::Test {
  VirtualRuntime runtime;
  FakeCluster brokers{runtime};
  Cluster cluster{runtime, FakeCluster::settings()};

  // Answers to changes of topics, in turn; the last one is repeated.
  std::vector<Step> steps = {ErrorCode::kNone};
  std::size_t tries = 0;
  std::vector<std::pair<std::int32_t, std::int16_t>> created;  // partitions, replication factor

  Step next_step() { return steps[std::min(tries++, steps.size() - 1)]; }

  void SetUp() override {
    brokers.on<CreateTopicsRequest>([this](const auto& request, auto, auto& answer) {
      const Step step = next_step();
      const auto& topic = request.topics.at(0);
      created.emplace_back(topic.num_partitions, topic.replication_factor);
      // A change that is not answered has happened all the same.
      if (!step || step == ErrorCode::kNone) {
        brokers.topics[std::string(topic.name)].assign(std::max(1, topic.num_partitions), 1);
      }
      if (step) answer.topics.push_back({.name = topic.name, .error_code = *step});
      return step.has_value();
    });
    brokers.on<CreatePartitionsRequest>([this](const auto& request, auto, auto& answer) {
      const Step step = next_step();
      const auto& topic = request.topics.at(0);
      EXPECT_FALSE(topic.assignments);
      if (step == ErrorCode::kNone) brokers.topics[std::string(topic.name)].resize(topic.count, 2);
      if (step) answer.results.push_back({.name = topic.name, .error_code = *step});
      return step.has_value();
    });
    brokers.on<DeleteTopicsRequest>([this](const auto& request, auto version, auto& answer) {
      const Step step = next_step();
      const auto name = version >= 6 ? *request.topics.at(0).name : request.topic_names.at(0);
      if (step) answer.responses.push_back({.name = name, .error_code = *step});
      return step.has_value();
    });
    ASSERT_TRUE(runtime.run(cluster.start(runtime.now() + seconds(5))));
  }
  void TearDown() override { runtime.run(cluster.stop()); }

  Result<void> create(bool exists_is_ok = false, std::int32_t partitions = 3) {
    return runtime.run(
        create_topic(cluster, {.name = "t", .partitions = partitions}, exists_is_ok));
  }
};

TEST_F(AdminTest, ACreatedTopicIsInTheMetadata) {
  ASSERT_TRUE(create());
  EXPECT_EQ(cluster.metadata().leader_of("t", 2), 1);
  EXPECT_THAT(created, ElementsAre(std::pair(3, -1)));
}

// Whether creating succeeds after these answers, and how often it is tried.
TEST_F(AdminTest, AnswersToCreating) {
  constexpr auto kExists = ErrorCode::kTopicAlreadyExists;
  struct Case {
    std::vector<Step> steps;
    bool exists_is_ok;
    bool succeeds;
    std::size_t tries;
  };
  const Case cases[] = {
      {{kExists}, false, false, 1},
      {{kExists}, true, true, 1},
      {{ErrorCode::kNotController, ErrorCode::kNone}, false, true, 2},
      {{ErrorCode::kRequestTimedOut, kExists}, false, true, 2},
      {{ErrorCode::kNotController, kExists}, false, false, 2},
      {{ErrorCode::kInvalidReplicationFactor}, true, false, 1},
      {{ErrorCode::kTopicAuthorizationFailed}, true, false, 1},
  };
  for (const Case& each : cases) {
    steps = each.steps;
    tries = 0;
    brokers.topics["t"] = {1, 1, 1};
    const auto result = create(each.exists_is_ok);
    EXPECT_EQ(result.has_value(), each.succeeds) << error_name(*each.steps.back());
    EXPECT_EQ(tries, each.tries) << error_name(*each.steps.back());
    if (!result) {
      EXPECT_EQ(result.error().code, *each.steps.back());
    }
  }
}

TEST_F(AdminTest, RetriableErrorsAreRetriedUntilTheDeadline) {
  steps = {ErrorCode::kNotController};
  const TimePoint begin = runtime.now();
  const auto result = create();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotController);
  EXPECT_GT(tries, 20u);
  EXPECT_THAT(runtime.now() - begin,
              testing::AllOf(testing::Gt(seconds(27)), testing::Le(seconds(30))));
}

TEST_F(AdminTest, FollowsTheController) {
  brokers.broker(1).on<CreateTopicsRequest>([this](const auto&, auto, auto& answer) {
    brokers.controller = 2;
    answer.topics.push_back({.name = "t", .error_code = ErrorCode::kNotController});
    return true;
  });
  EXPECT_TRUE(create());
  EXPECT_EQ(tries, 1u);
}

TEST_F(AdminTest, ACreationWhoseAnswerIsLostIsOurs) {
  brokers.broker(1).on<CreateTopicsRequest>([this](const auto&, auto, auto&) {
    brokers.topics["t"] = {2, 2, 2};
    brokers.broker(1).hang_up();
    brokers.controller = 2;
    return false;
  });
  steps = {ErrorCode::kTopicAlreadyExists};
  EXPECT_TRUE(create());
}

TEST_F(AdminTest, ATopicWithoutLeadersIsWaitedFor) {
  brokers.topics["t"] = {1, -1, -1};
  steps = {ErrorCode::kTopicAlreadyExists};
  const auto result = create(true);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kLeaderNotAvailable);
  EXPECT_THAT(result.error().text, HasSubstr("test topic `t`: LEADER_NOT_AVAILABLE"));
  brokers.topics["t"] = {1};
  EXPECT_TRUE(create(true)) << "one that exists may have fewer partitions";
}

TEST_F(AdminTest, OldBrokersGetTheirOwnDefaultsAsNumbers) {
  brokers.broker(1).versions[CreateTopicsRequest::kApi.key] = {0, 3};
  runtime.run(cluster.stop());
  Cluster old(runtime, FakeCluster::settings());
  ASSERT_TRUE(runtime.run(old.start(runtime.now() + seconds(5))));
  brokers.on<DescribeConfigsRequest>([](const auto& request, auto, auto& answer) {
    EXPECT_EQ(request.resources.at(0).resource_type, 4);
    EXPECT_EQ(request.resources.at(0).resource_name, "1");
    auto& result = answer.results.emplace_back();
    result.configs.push_back({.name = "num.partitions", .value = "7"});
    result.configs.push_back({.name = "default.replication.factor", .value = "2"});
    return true;
  });
  EXPECT_TRUE(runtime.run(create_topic(old, {.name = "t"}, false)));
  EXPECT_TRUE(runtime.run(create_topic(old, {.name = "u", .partitions = 4}, false)));
  EXPECT_THAT(created, ElementsAre(std::pair(7, 2), std::pair(4, 2)));
  runtime.run(old.stop());
}

TEST_F(AdminTest, PartitionsAreAdded) {
  brokers.topics["t"] = {1};
  ASSERT_TRUE(runtime.run(create_partitions(cluster, "t", 4)));
  EXPECT_EQ(cluster.metadata().leader_of("t", 3), 2);
  steps = {ErrorCode::kInvalidPartitions};
  EXPECT_TRUE(runtime.run(create_partitions(cluster, "t", 4))) << "it has them";
  EXPECT_TRUE(runtime.run(create_partitions(cluster, "t", 2))) << "it has more";
  const auto result = runtime.run(create_partitions(cluster, "t", 5));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidPartitions);
}

TEST_F(AdminTest, AnswersToDeleting) {
  constexpr auto kUnknown = ErrorCode::kUnknownTopicOrPartition;
  struct Case {
    std::vector<Step> steps;
    bool succeeds;
    std::size_t tries;
  };
  const Case cases[] = {{{ErrorCode::kNone}, true, 1},
                        {{kUnknown}, false, 1},
                        {{ErrorCode::kRequestTimedOut, kUnknown}, true, 2},
                        {{ErrorCode::kNotController, kUnknown}, false, 2},
                        {{ErrorCode::kTopicDeletionDisabled}, false, 1}};
  for (const Case& each : cases) {
    for (const std::int16_t newest : {5, 6}) {
      brokers.broker(1).versions[DeleteTopicsRequest::kApi.key] = {0, newest};
      brokers.broker(1).hang_up();
      steps = each.steps;
      tries = 0;
      const auto result = runtime.run(delete_topic(cluster, "t"));
      EXPECT_EQ(result.has_value(), each.succeeds) << error_name(*each.steps.back());
      EXPECT_EQ(tries, each.tries) << error_name(*each.steps.back());
    }
  }
}

TEST_F(AdminTest, ConfigsKnowWhatTheTopicSetsItself) {
  brokers.on<DescribeConfigsRequest>([](const auto& request, auto version, auto& answer) {
    EXPECT_EQ(request.resources.at(0).resource_type, 2);
    auto& result = answer.results.emplace_back();
    result.resource_name = "t";
    result.configs.push_back({.name = "a", .value = "1", .is_default = version == 0});
    result.configs.push_back({.name = "b", .value = std::nullopt});
    result.configs[0].config_source = version == 0 ? -1 : 5;
    result.configs[1].config_source = version == 0 ? -1 : 1;
    return true;
  });
  for (const std::int16_t newest : {4, 0}) {
    brokers.broker(1).versions[DescribeConfigsRequest::kApi.key] = {0, newest};
    brokers.broker(1).hang_up();
    const auto configs = runtime.run(describe_topic_configs(cluster, "t"));
    ASSERT_TRUE(configs) << configs.error().text;
    EXPECT_EQ(configs.value().at("a").value, "1");
    EXPECT_TRUE(configs.value().at("a").is_default);
    EXPECT_EQ(configs.value().at("b").value, "");
    EXPECT_FALSE(configs.value().at("b").is_default);
  }
}

struct ListOffsetsTest : AdminTest {
  // Offset 100 * broker + partition, or the error set for the partition.
  std::map<std::int32_t, ErrorCode> errors;
  std::vector<std::pair<std::int64_t, int>> asked;  // timestamp, isolation level

  void SetUp() override {
    AdminTest::SetUp();
    brokers.topics["t"] = {1, 2, 1};
    for (const std::int32_t id : {1, 2}) {
      brokers.broker(id).on<ListOffsetsRequest>(
          [this, id](const auto& request, auto version, auto& answer) {
            return answer_offsets(id, request, version, answer);
          });
    }
  }

  bool answer_offsets(std::int32_t id, const ListOffsetsRequest& request, std::int16_t version,
                      protocol::ListOffsetsResponse& answer) {
    EXPECT_EQ(request.replica_id, -1);
    auto& topic = answer.topics.emplace_back();
    topic.name = request.topics.at(0).name;
    for (const auto& partition : request.topics[0].partitions) {
      asked.emplace_back(partition.timestamp, request.isolation_level);
      auto& listed = topic.partitions.emplace_back();
      listed.partition_index = partition.partition_index;
      const std::int32_t leader = brokers.topics["t"][partition.partition_index];
      if (leader != id) {
        listed.error_code = ErrorCode::kNotLeaderOrFollower;
      } else if (errors.contains(partition.partition_index)) {
        listed.error_code = errors[partition.partition_index];
      } else if (version == 0) {
        listed.old_style_offsets.push_back(100 * id + partition.partition_index);
      } else {
        listed.offset = 100 * id + partition.partition_index;
        if (version >= 4) listed.leader_epoch = 9;
      }
    }
    return true;
  }

  Result<ListedOffsets> list(std::vector<std::int32_t> partitions, bool read_committed = false) {
    std::vector<TopicPartition> where;
    for (const std::int32_t partition : partitions) where.push_back({"t", partition});
    return runtime.run(
        list_offsets(cluster, std::move(where), OffsetSpec::kEarliest, read_committed));
  }
};

TEST_F(ListOffsetsTest, EachLeaderIsAskedOnce) {
  const auto listed = list({0, 1, 2}, true);
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed.value().at({"t", 0}).offset, 100);
  EXPECT_EQ(listed.value().at({"t", 1}).offset, 201);
  EXPECT_EQ(listed.value().at({"t", 2}).offset, 102);
  EXPECT_EQ(listed.value().at({"t", 2}).leader_epoch, 9);
  EXPECT_THAT(asked, testing::Each(std::pair(std::int64_t{-2}, 1)));
}

TEST_F(ListOffsetsTest, VersionsWithoutIsolationOrSingleOffsets) {
  for (const std::int16_t newest : {1, 0}) {
    for (const std::int32_t id : {1, 2}) {
      brokers.broker(id).versions[ListOffsetsRequest::kApi.key] = {0, newest};
      brokers.broker(id).hang_up();
    }
    const auto listed = list({0, 1}, true);
    ASSERT_TRUE(listed) << listed.error().text;
    EXPECT_EQ(listed.value().at({"t", 1}).offset, 201);
    EXPECT_EQ(listed.value().at({"t", 1}).leader_epoch, -1);
  }
}

TEST_F(ListOffsetsTest, FollowsLeadersThatMove) {
  ASSERT_TRUE(list({0, 1, 2}));
  brokers.topics["t"] = {2, 2, 2};
  const auto listed = list({0, 1, 2});
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed.value().at({"t", 0}).offset, 200);
}

TEST_F(ListOffsetsTest, AFinalErrorNamesThePartition) {
  errors[1] = ErrorCode::kTopicAuthorizationFailed;
  brokers.topics["t"][2] = -1;
  const TimePoint begin = runtime.now();
  const auto listed = list({0, 1});
  ASSERT_FALSE(listed);
  EXPECT_THAT(listed.error().text, HasSubstr("ListOffsets of t-1: TOPIC_AUTHORIZATION_FAILED"));
  EXPECT_LT(runtime.now() - begin, seconds(2));
}

TEST_F(ListOffsetsTest, WhatHasNoLeaderIsWaitedFor) {
  brokers.topics["t"][2] = -1;
  const auto leaderless = list({0, 2});
  ASSERT_FALSE(leaderless);
  EXPECT_EQ(leaderless.error().code, ErrorCode::kLeaderNotAvailable);
  const auto unknown = list({7});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(ListOffsetsTest, NothingAskedNothingSent) {
  const auto listed = list({});
  ASSERT_TRUE(listed);
  EXPECT_TRUE(listed.value().empty());
  EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace kmirror::net
