#include "broker/api/partition_lookup.h"

#include <algorithm>

namespace kmirror::broker {

using protocol::ErrorCode;

PartitionLookup look_up(CallContext& call, std::string_view topic, std::int32_t index,
                        std::int32_t leader_epoch, From from) {
  auto partition = call.cluster.find_partition(topic, index);
  if (!partition) return {ErrorCode::kUnknownTopicOrPartition, nullptr};
  const auto& replicas = partition->replicas();
  const std::int32_t node = call.node.id();
  if (std::ranges::find(replicas, node) == replicas.end()) {
    return {ErrorCode::kNotLeaderOrFollower, std::move(partition)};
  }
  const auto known = call.cluster.leadership_at(call.node, *partition);
  if (leader_epoch >= 0 && leader_epoch < known.epoch) {
    return {ErrorCode::kFencedLeaderEpoch, std::move(partition)};
  }
  if (leader_epoch > known.epoch) return {ErrorCode::kUnknownLeaderEpoch, std::move(partition)};
  if (from == From::kLeader && partition->leader() != node) {
    return {ErrorCode::kNotLeaderOrFollower, std::move(partition)};
  }
  return {ErrorCode::kNone, std::move(partition)};
}

void tell_leader(CallContext& call, const PartitionLookup& found,
                 protocol::LeaderIdAndEpoch& leader,
                 std::vector<protocol::NodeEndpoint>& endpoints) {
  const bool told = found.error == ErrorCode::kNotLeaderOrFollower ||
                    found.error == ErrorCode::kFencedLeaderEpoch;
  if (!told || !found.partition) return;
  const auto known = call.cluster.leadership_at(call.node, *found.partition);
  leader.leader_id = known.leader;
  leader.leader_epoch = known.epoch;
  const Node* const node = call.cluster.find_node(known.leader);
  if (node == nullptr) return;
  const bool listed = std::ranges::any_of(
      endpoints, [node](const auto& endpoint) { return endpoint.node_id == node->id(); });
  if (listed) return;
  auto& endpoint = endpoints.emplace_back();
  endpoint.node_id = node->id();
  endpoint.host = node->host();
  endpoint.port = node->port();
  if (!node->rack().empty()) endpoint.rack = node->rack();
}

}  // namespace kmirror::broker
