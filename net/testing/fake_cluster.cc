#include "net/testing/fake_cluster.h"

#include <fmt/format.h>

#include "protocol/messages/metadata.h"

namespace kmirror::net {

FakeCluster::FakeCluster(VirtualRuntime& runtime, int broker_count, char letter) {
  for (std::int32_t id = 1; id <= broker_count; ++id) {
    auto& broker = brokers_.emplace(id, std::make_unique<ScriptedBroker>(runtime)).first->second;
    hosts_[id] = fmt::format("{}{}", letter, id);
    runtime.listeners[{hosts_[id], 9092}] = [&broker = *broker] { return broker.accept(); };
    broker->on<protocol::MetadataRequest>([this](const auto& request, auto version, auto& answer) {
      return answer_metadata(request, version, answer);
    });
  }
}

FakeCluster::~FakeCluster() = default;

ClusterSettings FakeCluster::settings() {
  return {.name = "test",
          .bootstrap = {{"b1", 9092}},
          .client_id = "t",
          .request_timeout = std::chrono::seconds(30),
          .connect_timeout = std::chrono::seconds(10),
          .metadata_max_age = std::chrono::seconds(300),
          .back_off_first = std::chrono::milliseconds(100),
          .back_off_longest = std::chrono::seconds(1)};
}

bool FakeCluster::answer_metadata(const protocol::MetadataRequest& request, std::int16_t version,
                                  protocol::MetadataResponse& answer) {
  if (version >= 2) answer.cluster_id = cluster_id;
  answer.controller_id = controller;
  for (const auto& [id, host] : hosts_) {
    answer.brokers.push_back({.node_id = id, .host = host, .port = 9092});
  }
  if (!request.topics) {
    for (const auto& [name, leaders] : topics) answer.topics.push_back(topic(name));
    return true;
  }
  for (const auto& wanted : *request.topics) answer.topics.push_back(topic(*wanted.name));
  return true;
}

protocol::MetadataResponse::Topic FakeCluster::topic(std::string_view name) const {
  protocol::MetadataResponse::Topic answer;
  answer.name = name;
  const auto found = topics.find(std::string(name));
  if (found == topics.end()) {
    answer.error_code = protocol::ErrorCode::kUnknownTopicOrPartition;
    return answer;
  }
  if (found->second.empty()) {
    answer.error_code = protocol::ErrorCode::kLeaderNotAvailable;
    return answer;
  }
  const auto topic_id = topic_ids.find(found->first);
  if (topic_id != topic_ids.end()) answer.topic_id = topic_id->second;
  std::int32_t index = 0;
  for (const std::int32_t leader : found->second) {
    answer.partitions.push_back({.partition_index = index++, .leader_id = leader});
  }
  return answer;
}

}  // namespace kmirror::net
