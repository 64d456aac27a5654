#include "net/core/metadata.h"

#include <algorithm>

namespace kmirror::net {

namespace {

using protocol::ErrorCode;

// Partition indexes come from the peer; a topic of Kafka has far fewer.
constexpr std::int32_t kPartitionsMax = 1'000'000;

TopicInfo merged(const protocol::MetadataResponse::Topic& answer, const TopicInfo* known) {
  TopicInfo topic{.id = answer.topic_id, .internal = answer.is_internal, .partitions = {}};
  const bool same = known != nullptr && known->id == topic.id;
  for (const auto& partition : answer.partitions) {
    const std::int32_t index = partition.partition_index;
    if (index < 0 || index >= kPartitionsMax) continue;
    if (topic.partitions.size() <= static_cast<std::size_t>(index)) {
      topic.partitions.resize(index + 1);
    }
    PartitionInfo& info = topic.partitions[index];
    info = {.leader = partition.leader_id,
            .leader_epoch = partition.leader_epoch,
            .replicas = static_cast<std::int32_t>(partition.replica_nodes.size())};
    if (same && static_cast<std::size_t>(index) < known->partitions.size() &&
        known->partitions[index].leader_epoch > info.leader_epoch) {
      info = known->partitions[index];
    }
  }
  return topic;
}

}  // namespace

void Metadata::update(const protocol::MetadataResponse& response, bool whole) {
  if (response.cluster_id) cluster_id = *response.cluster_id;
  controller = response.controller_id;
  brokers.clear();
  for (const auto& broker : response.brokers) {
    brokers[broker.node_id] = {
        .address = {std::string(broker.host), static_cast<std::uint16_t>(broker.port)},
        .rack = std::string(broker.rack.value_or(""))};
  }
  decltype(topics) before;
  if (whole) before.swap(topics);
  for (const auto& answer : response.topics) {
    if (!answer.name) continue;
    const auto& from = whole ? before : topics;
    const auto known = from.find(*answer.name);
    const TopicInfo* old = known == from.end() ? nullptr : &known->second;
    if (answer.error_code == ErrorCode::kNone ||
        answer.error_code == ErrorCode::kLeaderNotAvailable) {
      topics.insert_or_assign(std::string(*answer.name), merged(answer, old));
    } else if (answer.error_code == ErrorCode::kUnknownTopicOrPartition) {
      if (!whole && old != nullptr) topics.erase(known);
    } else if (whole && old != nullptr) {
      topics.insert_or_assign(std::string(*answer.name), *old);
    }
  }
}

const PartitionInfo* Metadata::find(std::string_view topic, std::int32_t partition) const {
  const auto found = topics.find(topic);
  if (found == topics.end() || partition < 0 ||
      static_cast<std::size_t>(partition) >= found->second.partitions.size()) {
    return nullptr;
  }
  return &found->second.partitions[partition];
}

std::int32_t Metadata::leader_of(std::string_view topic, std::int32_t partition) const {
  const PartitionInfo* info = find(topic, partition);
  return info == nullptr ? -1 : info->leader;
}

}  // namespace kmirror::net
