#include "broker/api/admin.h"

#include <gtest/gtest.h>

#include "broker/testing/quiet_cluster.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_topic_partitions.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::broker {
namespace {

using namespace protocol;

class AdminTest : public QuietCluster {
 protected:
  explicit AdminTest(Release release = {}) : QuietCluster(3, release) {}

  ErrorCode create(const CreateTopicsRequest::Topic& topic, bool validate_only = false) {
    CreateTopicsRequest request;
    request.topics.push_back(topic);
    request.validate_only = validate_only;
    return ask(request, 7)->response.topics.at(0).error_code;
  }

  Topic& make(const std::string& name, TopicConfig::Overrides config = {}) {
    return cluster->create_topic(name,
                                 {.partitions = 2, .config = std::move(config), .assignment = {}});
  }

  ErrorCode grow(const CreatePartitionsRequest::Topic& topic, bool validate_only = false) {
    CreatePartitionsRequest request;
    request.topics.push_back(topic);
    request.validate_only = validate_only;
    return ask(request, 3)->response.results.at(0).error_code;
  }

  DeleteRecordsResponse::Partition delete_records(std::int64_t offset) {
    DeleteRecordsRequest request;
    request.topics.push_back({.name = "t", .partitions = {{.offset = offset}}});
    return ask(request, 2)->response.topics.at(0).partitions.at(0);
  }

  ErrorCode alter(std::string_view key, int operation, std::optional<std::string_view> value) {
    IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = kTopicResource;
    resource.resource_name = "t";
    resource.configs.push_back(
        {.name = key, .config_operation = static_cast<std::int8_t>(operation), .value = value});
    return ask(request, 1)->response.responses.at(0).error_code;
  }
};

TEST_F(AdminTest, TopicsAreCreated) {
  struct Case {
    CreateTopicsRequest::Topic topic;
    ErrorCode error;
  };
  const Case cases[] = {
      {{.name = "t", .num_partitions = 3, .replication_factor = 2}, ErrorCode::kNone},
      {{.name = "t", .num_partitions = 3, .replication_factor = 2}, ErrorCode::kTopicAlreadyExists},
      {{.name = "a.b", .num_partitions = -1, .replication_factor = -1}, ErrorCode::kNone},
      {{.name = "a_b", .num_partitions = 1, .replication_factor = 1},
       ErrorCode::kInvalidTopicException},
      {{.name = "u/v", .num_partitions = 1, .replication_factor = 1},
       ErrorCode::kInvalidTopicException},
      {{.name = "u", .num_partitions = 0, .replication_factor = 1}, ErrorCode::kInvalidPartitions},
      {{.name = "u", .num_partitions = 10'001, .replication_factor = 1},
       ErrorCode::kPolicyViolation},
      {{.name = "u", .num_partitions = 1, .replication_factor = 4},
       ErrorCode::kInvalidReplicationFactor},
      {{.name = "u",
        .num_partitions = -1,
        .replication_factor = -1,
        .assignments = {{.partition_index = 0, .broker_ids = {3, 3}}}},
       ErrorCode::kInvalidReplicaAssignment},
      {{.name = "u",
        .num_partitions = -1,
        .replication_factor = -1,
        .assignments = {{.partition_index = 0, .broker_ids = {3, 1}}}},
       ErrorCode::kNone},
      {{.name = "v",
        .num_partitions = 1,
        .replication_factor = 1,
        .configs = {{.name = "retention.ms", .value = "soon"}}},
       ErrorCode::kInvalidConfig},
  };
  for (const Case& one : cases) EXPECT_EQ(create(one.topic), one.error) << one.topic.name;
  EXPECT_EQ(cluster->find_topic("t")->partitions.size(), 3u);
  EXPECT_EQ(cluster->find_topic("a.b")->partitions.size(), 1u);
  EXPECT_EQ(cluster->find_partition("u", 0)->replicas(), (std::vector<std::int32_t>{3, 1}));
}

TEST_F(AdminTest, TopicsThatAreOnlyValidatedAreNotCreated) {
  EXPECT_EQ(create({.name = "t", .num_partitions = 1, .replication_factor = 1}, true),
            ErrorCode::kNone);
  EXPECT_EQ(cluster->find_topic("t"), nullptr);
}

TEST_F(AdminTest, TopicsAreDeletedByNameAndById) {
  make("t");
  const Uuid id = make("u").id;
  DeleteTopicsRequest request;
  request.topics.emplace_back().name = "t";
  request.topics.emplace_back().topic_id = id;
  request.topics.emplace_back().name = "missing";
  request.topics.emplace_back();
  const auto asked = ask(request, 6);
  const auto& answers = asked->response.responses;
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0].error_code, ErrorCode::kNone);
  EXPECT_EQ(answers[1].name, "u");
  EXPECT_EQ(answers[2].error_code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(answers[3].error_code, ErrorCode::kInvalidRequest);
  EXPECT_TRUE(cluster->topics().empty());
}

TEST_F(AdminTest, TopicsGrow) {
  const Topic& topic = make("t");
  EXPECT_EQ(grow({.name = "t", .count = 2, .assignments = {}}), ErrorCode::kInvalidPartitions);
  EXPECT_EQ(grow({.name = "t", .count = 1, .assignments = {}}), ErrorCode::kInvalidPartitions);
  EXPECT_EQ(grow({.name = "u", .count = 1, .assignments = {}}),
            ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(grow({.name = "t", .count = 3, .assignments = {}}, true), ErrorCode::kNone);
  EXPECT_EQ(topic.partitions.size(), 2u);
  EXPECT_EQ(grow({.name = "t", .count = 3, .assignments = {{{.broker_ids = {9}}}}}),
            ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(grow({.name = "t", .count = 3, .assignments = {{{.broker_ids = {2}}}}}),
            ErrorCode::kNone);
  EXPECT_EQ(topic.partitions.at(2)->leader(), 2);
}

TEST_F(AdminTest, RecordsAreDeletedUpToTheHighWatermark) {
  make("t");
  const auto partition = cluster->find_partition("t", 0);
  const Buffer batch =
      testing::batch_of({.last_offset_delta = 1, .records = {{}, {.offset_delta = 1}}});
  partition->log.append(batch, 0, 1 << 20);
  cluster->on_appended(partition);
  EXPECT_EQ(delete_records(3).error_code, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(delete_records(1).low_watermark, 1);
  EXPECT_EQ(delete_records(-1).low_watermark, 2);
  cluster->set_config(*cluster->find_topic("t"), {{"cleanup.policy", "compact"}});
  EXPECT_EQ(delete_records(2).error_code, ErrorCode::kPolicyViolation);
}

TEST_F(AdminTest, ConfigurationsChangeKeyByKey) {
  const Topic& topic = make("t", {{"retention.ms", "5"}});
  EXPECT_EQ(alter("max.message.bytes", 0, "99"), ErrorCode::kNone);
  EXPECT_EQ(alter("retention.ms", 1, std::nullopt), ErrorCode::kNone);
  EXPECT_EQ(alter("cleanup.policy", 2, "compact"), ErrorCode::kNone);
  EXPECT_EQ(topic.config.overrides(), (TopicConfig::Overrides{{"cleanup.policy", "delete,compact"},
                                                              {"max.message.bytes", "99"}}));
  EXPECT_EQ(topic.config.values().max_message_bytes, 99);
  EXPECT_EQ(alter("cleanup.policy", 3, "delete"), ErrorCode::kNone);
  EXPECT_FALSE(topic.config.values().deletes);
  EXPECT_EQ(alter("retention.ms", 2, "5"), ErrorCode::kInvalidConfig);
  EXPECT_EQ(alter("retention.ms", 0, "soon"), ErrorCode::kInvalidConfig);
  EXPECT_EQ(alter("retention.ms", 0, std::nullopt), ErrorCode::kInvalidRequest);
  EXPECT_EQ(alter("no.key", 0, "5"), ErrorCode::kInvalidConfig);
}

TEST_F(AdminTest, ConfigurationsAreDescribed) {
  make("t", {{"retention.ms", "5"}});
  DescribeConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = kTopicResource;
  resource.resource_name = "t";
  resource.configuration_keys = {"retention.ms", "segment.bytes"};
  request.include_synonyms = true;
  const auto asked = ask(request, 4);
  const auto& configs = asked->response.results.at(0).configs;
  ASSERT_EQ(configs.size(), 2u);
  EXPECT_EQ(configs[0].value, "5");
  EXPECT_EQ(configs[0].config_source, 1);
  EXPECT_EQ(configs[0].synonyms.size(), 1u);
  EXPECT_EQ(configs[1].config_source, 5);
  request.include_synonyms = false;
  const auto old = ask(request, 0);
  EXPECT_FALSE(old->response.results.at(0).configs.at(0).is_default);
  EXPECT_TRUE(old->response.results.at(0).configs.at(1).is_default);
  request.resources[0].resource_name = "missing";
  EXPECT_EQ(ask(request, 4)->response.results.at(0).error_code,
            ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(AdminTest, PartitionsAreDescribedPageByPage) {
  make("t");
  make("u");
  DescribeTopicPartitionsRequest request;
  request.response_partition_limit = 3;
  const auto first = ask(request, 0);
  ASSERT_EQ(first->response.topics.size(), 2u);
  EXPECT_EQ(first->response.topics[1].partitions.size(), 1u);
  ASSERT_TRUE(first->response.next_cursor);
  request.cursor = first->response.next_cursor;
  const auto second = ask(request, 0);
  ASSERT_EQ(second->response.topics.size(), 1u);
  EXPECT_EQ(second->response.topics[0].partitions.at(0).partition_index, 1);
  EXPECT_FALSE(second->response.next_cursor);
}

class OldAdminTest : public AdminTest {
 protected:
  OldAdminTest() : AdminTest(Release{2, 7}) {}
};

TEST_F(OldAdminTest, OnlyTheControllerChangesTopics) {
  CreateTopicsRequest request;
  request.topics.push_back({.name = "t", .num_partitions = 1, .replication_factor = 1});
  const auto refused = ask(*cluster->find_node(2), request, 5);
  EXPECT_EQ(refused->response.topics.at(0).error_code, ErrorCode::kNotController);
  EXPECT_EQ(ask(request, 5)->response.topics.at(0).error_code, ErrorCode::kNone);
}

}  // namespace
}  // namespace kmirror::broker
