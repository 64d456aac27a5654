// What the APIs about partitions ask first: is there such a partition, does this broker lead it,
// and does the client know the same leader epoch; and how they tell of one. Used on the cluster's
// executor.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "broker/cluster.h"
#include "protocol/messages/common.h"

namespace kmirror::broker {

struct PartitionLookup {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  std::shared_ptr<Partition> partition;  // also with errors about its leader
};

enum class From : std::uint8_t { kLeader, kReplica };

// `leader_epoch` is the client's, -1 if it tells none. Source: Kafka's
// Partition.checkCurrentLeaderEpoch and localLogWithEpochOrThrow.
PartitionLookup look_up(CallContext& call, std::string_view topic, std::int32_t index,
                        std::int32_t leader_epoch, From from = From::kLeader);

// What Metadata and DescribeTopicPartitions say of a partition alike.
template <class Answer>
Answer describe_partition(CallContext& call, std::int32_t index, const Partition& partition) {
  Answer answer;
  const auto known = call.cluster.leadership_at(call.node, partition);
  if (known.leader < 0) answer.error_code = protocol::ErrorCode::kLeaderNotAvailable;
  answer.partition_index = index;
  answer.leader_id = known.leader;
  answer.leader_epoch = known.epoch;
  answer.replica_nodes = partition.replicas();
  answer.isr_nodes.assign(partition.in_sync().begin(), partition.in_sync().end());
  for (const std::int32_t replica : partition.replicas()) {
    if (!call.cluster.find_node(replica)->is_running()) answer.offline_replicas.push_back(replica);
  }
  return answer;
}

// Answers NOT_LEADER_OR_FOLLOWER and FENCED_LEADER_EPOCH with who leads (KIP-951).
void tell_leader(CallContext& call, const PartitionLookup& found,
                 protocol::LeaderIdAndEpoch& leader,
                 std::vector<protocol::NodeEndpoint>& endpoints);

}  // namespace kmirror::broker
