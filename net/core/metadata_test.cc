#include "net/core/metadata.h"

#include <gtest/gtest.h>

namespace kmirror::net {
namespace {

using protocol::ErrorCode;
using protocol::MetadataResponse;
using protocol::Uuid;

constexpr std::int16_t kVersion = 12;

struct Leader {
  std::int32_t id;
  std::int32_t epoch;
};

MetadataResponse::Topic topic(std::string_view name, std::vector<Leader> leaders,
                              std::uint8_t id = 1) {
  MetadataResponse::Topic topic;
  topic.name = name;
  topic.topic_id.bytes[0] = id;
  std::int32_t index = 0;
  for (const Leader& leader : leaders) {
    topic.partitions.push_back({.partition_index = index++,
                                .leader_id = leader.id,
                                .leader_epoch = leader.epoch,
                                .replica_nodes = {1, 2}});
  }
  return topic;
}

MetadataResponse::Topic topic_error(std::string_view name, ErrorCode code) {
  MetadataResponse::Topic topic;
  topic.name = name;
  topic.error_code = code;
  return topic;
}

MetadataResponse response(std::vector<MetadataResponse::Topic> topics) {
  MetadataResponse response;
  response.cluster_id = "c";
  response.controller_id = 1;
  response.brokers.push_back({.node_id = 1, .host = "a", .port = 9092, .rack = "r"});
  response.topics = std::move(topics);
  return response;
}

TEST(Metadata, TakesOverWhatTheBrokerSays) {
  Metadata metadata;
  metadata.update(response({topic("t", {{1, 7}, {-1, 8}})}), kVersion, true);
  EXPECT_EQ(metadata.cluster_id, "c");
  EXPECT_EQ(metadata.controller, 1);
  EXPECT_EQ(metadata.brokers.at(1).address, (HostPort{"a", 9092}));
  EXPECT_EQ(metadata.brokers.at(1).rack, "r");
  EXPECT_EQ(metadata.leader_of("t", 0), 1);
  EXPECT_EQ(metadata.leader_of("t", 1), -1);
  EXPECT_EQ(metadata.find("t", 0)->leader_epoch, 7);
  EXPECT_EQ(metadata.find("t", 0)->replicas, 2);
}

TEST(Metadata, WhatIsNotThereHasNoLeader) {
  Metadata metadata;
  metadata.update(response({topic("t", {{1, 0}})}), kVersion, true);
  EXPECT_EQ(metadata.leader_of("u", 0), -1);
  for (const std::int32_t partition : {-1, 1, 1 << 30}) {
    EXPECT_EQ(metadata.leader_of("t", partition), -1) << partition;
  }
}

TEST(Metadata, TopicsThatWereNotAskedForStay) {
  Metadata metadata;
  metadata.update(response({topic("t", {{1, 0}}), topic("u", {{1, 0}})}), kVersion, true);
  metadata.update(response({topic("t", {{1, 0}})}), kVersion, false);
  EXPECT_TRUE(metadata.topics.contains("u"));
  metadata.update(response({topic("t", {{1, 0}})}), kVersion, true);
  EXPECT_FALSE(metadata.topics.contains("u"));
}

// What one further answer about a topic does to leader 1 of epoch 5, and topic id 1.
TEST(Metadata, FurtherAnswers) {
  struct Case {
    const char* what;
    MetadataResponse::Topic answer;
    std::optional<std::int32_t> leader;  // nothing: the topic is forgotten
  };
  const Case cases[] = {
      {"same epoch", topic("t", {{2, 5}}), 2},
      {"newer epoch", topic("t", {{2, 6}}), 2},
      {"older epoch", topic("t", {{2, 4}}), 1},
      {"older epoch of a topic created again", topic("t", {{2, 0}}, 9), 2},
      {"error that passes", topic_error("t", ErrorCode::kUnknownServerError), 1},
      {"error of rights", topic_error("t", ErrorCode::kTopicAuthorizationFailed), 1},
      {"leaders not known yet", topic_error("t", ErrorCode::kLeaderNotAvailable), 1},
      {"unknown topic", topic_error("t", ErrorCode::kUnknownTopicOrPartition), std::nullopt},
  };
  for (const Case& each : cases) {
    for (const bool whole : {true, false}) {
      Metadata metadata;
      metadata.update(response({topic("t", {{1, 5}})}), kVersion, true);
      metadata.update(response({each.answer}), kVersion, whole);
      EXPECT_EQ(metadata.topics.contains("t"), each.leader.has_value()) << each.what;
      EXPECT_EQ(metadata.leader_of("t", 0), each.leader.value_or(-1)) << each.what;
    }
  }
}

// Of a topic that is being created brokers say so first, without any partitions.
TEST(Metadata, ATopicWhosePartitionsAreNotKnownYetIsThereAndMissesNone) {
  for (const bool whole : {true, false}) {
    Metadata metadata;
    EXPECT_TRUE(metadata.is_missing("t", 0));
    metadata.update(response({topic_error("t", ErrorCode::kLeaderNotAvailable)}), kVersion, whole);
    EXPECT_TRUE(metadata.topics.contains("t"));
    EXPECT_EQ(metadata.find("t", 0), nullptr);
    EXPECT_FALSE(metadata.is_missing("t", 0));
    metadata.update(response({topic("t", {{1, 5}})}), kVersion, whole);
    EXPECT_EQ(metadata.leader_of("t", 0), 1);
    EXPECT_FALSE(metadata.is_missing("t", 0));
    EXPECT_TRUE(metadata.is_missing("t", 1));
    const auto forbidden = topic_error("u", ErrorCode::kTopicAuthorizationFailed);
    metadata.update(response({forbidden}), kVersion, false);
    EXPECT_FALSE(metadata.topics.contains("u")) << "that it exists, nobody said";
  }
}

TEST(Metadata, AnEpochThatLagsBehindIsJudgedByPartition) {
  Metadata metadata;
  metadata.update(response({topic("t", {{1, 5}, {1, 5}})}), kVersion, true);
  metadata.update(response({topic("t", {{2, 4}, {2, 6}, {2, 0}})}), kVersion, true);
  EXPECT_EQ(metadata.leader_of("t", 0), 1);
  EXPECT_EQ(metadata.leader_of("t", 1), 2);
  EXPECT_EQ(metadata.leader_of("t", 2), 2);
}

// Without ids, a topic that was deleted and created again looks like an answer of long ago.
TEST(Metadata, AnOlderEpochIsBelievedWhenItIsRepeatedAndTopicsHaveNoIds) {
  for (const std::uint8_t id : {0, 1}) {
    Metadata metadata;
    metadata.update(response({topic("t", {{1, 5}}, id)}), kVersion, true);
    int answers = 0;
    while (metadata.leader_of("t", 0) == 1 && answers < 100) {
      metadata.update(response({topic("t", {{2, 0}}, id)}), kVersion, true);
      ++answers;
    }
    EXPECT_EQ(answers, id == 0 ? 5 : 100);
    EXPECT_EQ(metadata.find("t", 0)->leader_epoch, id == 0 ? 0 : 5);
  }
}

TEST(Metadata, OlderEpochsThatAlternateWithTheNewestAreABrokerThatLagsBehind) {
  Metadata metadata;
  for (int i = 0; i < 20; ++i) {
    metadata.update(response({topic("t", {{1, 5}}, 0)}), kVersion, true);
    metadata.update(response({topic("t", {{2, 4}}, 0)}), kVersion, true);
    EXPECT_EQ(metadata.leader_of("t", 0), 1);
  }
}

// KAFKA-9212, and answers of old brokers while a cluster is upgraded.
TEST(Metadata, EpochsThatOldBrokersTellAreNotUsed) {
  Metadata metadata;
  metadata.update(response({topic("t", {{1, 5}}, 0)}), 9, true);
  metadata.update(response({topic("t", {{2, 4}}, 0)}), 8, true);
  EXPECT_EQ(metadata.leader_of("t", 0), 2);
  EXPECT_EQ(metadata.find("t", 0)->leader_epoch, -1);
}

TEST(Metadata, PartitionNumbersThatNoTopicHas) {
  MetadataResponse::Topic answer = topic("t", {{1, 0}});
  for (const std::int32_t index : {-1, std::numeric_limits<std::int32_t>::max()}) {
    answer.partitions.push_back({.partition_index = index, .leader_id = 1});
  }
  Metadata metadata;
  metadata.update(response({answer}), kVersion, true);
  EXPECT_EQ(metadata.topics.at("t").partitions.size(), 1u);
}

TEST(Metadata, BrokersThatAreGoneAreForgotten) {
  Metadata metadata;
  metadata.update(response({}), kVersion, true);
  MetadataResponse other = response({});
  other.brokers[0].node_id = 2;
  metadata.update(other, kVersion, false);
  EXPECT_FALSE(metadata.brokers.contains(1));
  EXPECT_TRUE(metadata.brokers.contains(2));
}

}  // namespace
}  // namespace kmirror::net
