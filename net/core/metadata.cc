#include "net/core/metadata.h"

#include <algorithm>

namespace kmirror::net {

namespace {

using protocol::ErrorCode;

// Partition indexes come from the peer; a topic of Kafka has far fewer.
constexpr std::int32_t kPartitionsMax = 1'000'000;

// Brokers before 2.4 do not tell leader epochs reliably while partitions are reassigned
// (KAFKA-9212; MetadataResponse.hasReliableLeaderEpochs).
constexpr std::int16_t kFirstReliableEpochs = 9;

// So many older answers in a row are not a broker that lags behind, but a topic that was deleted
// and created again between two of them; only its id would tell them apart at once. To be wrong
// costs a request to a broker that is no leader any more.
constexpr int kOlderAnswersMax = 5;

bool is_outdated(const PartitionInfo& answer, const PartitionInfo& known, bool has_id) {
  return answer.leader_epoch >= 0 && answer.leader_epoch < known.leader_epoch &&
         (has_id || known.older_answers + 1 < kOlderAnswersMax);
}

// LEADER_NOT_AVAILABLE comes without partitions where the broker is about to hear of them.
bool tells_partitions(const protocol::MetadataResponse::Topic& answer) {
  return !answer.partitions.empty() && (answer.error_code == ErrorCode::kNone ||
                                        answer.error_code == ErrorCode::kLeaderNotAvailable);
}

TopicInfo merged(const protocol::MetadataResponse::Topic& answer, std::int16_t version,
                 const TopicInfo* known) {
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
            .leader_epoch = version < kFirstReliableEpochs ? -1 : partition.leader_epoch,
            .replicas = static_cast<std::int32_t>(partition.replica_nodes.size())};
    if (same && static_cast<std::size_t>(index) < known->partitions.size() &&
        is_outdated(info, known->partitions[index], !topic.id.is_zero())) {
      info = known->partitions[index];
      ++info.older_answers;
    }
  }
  return topic;
}

}  // namespace

void Metadata::update(const protocol::MetadataResponse& response, std::int16_t version,
                      bool whole) {
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
    if (answer.error_code == ErrorCode::kUnknownTopicOrPartition) {
      if (!whole && old != nullptr) topics.erase(known);
    } else if (tells_partitions(answer)) {
      topics.insert_or_assign(std::string(*answer.name), merged(answer, version, old));
    } else if (old != nullptr) {
      if (whole) topics.insert_or_assign(std::string(*answer.name), *old);
    } else if (is_retriable(answer.error_code)) {
      topics.insert_or_assign(std::string(*answer.name), TopicInfo());
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

bool Metadata::is_missing(std::string_view topic, std::int32_t partition) const {
  const auto found = topics.find(topic);
  if (found != topics.end() && found->second.partitions.empty()) return false;
  return find(topic, partition) == nullptr;
}

std::int32_t Metadata::leader_of(std::string_view topic, std::int32_t partition) const {
  const PartitionInfo* info = find(topic, partition);
  return info == nullptr ? -1 : info->leader;
}

}  // namespace kmirror::net
