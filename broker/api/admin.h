// What the APIs that change topics have in common. Used on the cluster's executor.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/cluster.h"

namespace kmirror::broker {

// A refusal, with a sentence for people.
struct AdminError {
  protocol::ErrorCode code = protocol::ErrorCode::kNone;
  std::string text;

  explicit operator bool() const { return code != protocol::ErrorCode::kNone; }
};

// More in one request are a mistake (Kafka's ReplicationControlManager.MAX_PARTITIONS_PER_BATCH).
inline constexpr std::int32_t kPartitionsMax = 10'000;

// Resources that have a configuration; Kafka's ConfigResource.Type.
inline constexpr std::int8_t kTopicResource = 2;
inline constexpr std::int8_t kBrokerResource = 4;

// Bits of Kafka's AclOperation, all that apply to a topic and to a cluster.
inline constexpr std::int32_t kTopicOperations = 0b1101'1111'1000;
inline constexpr std::int32_t kClusterOperations = 0b1'1111'1010'0000;

// Whether this node changes topics. From 2.8 on all nodes do, as KRaft's brokers hand such requests
// on to the controller; before, the others answer NOT_CONTROLLER.
bool may_change_topics(const CallContext& call);

// Of replicas that somebody has chosen; `count` of them if that is given. Source: Kafka's
// ReplicationControlManager.validateManualPartitionAssignment.
AdminError check_replicas(CallContext& call, const std::vector<std::int32_t>& replicas,
                          std::optional<std::size_t> count);

// Of the name of a topic whose configuration is asked for or changed.
AdminError check_topic(CallContext& call, std::string_view name);

}  // namespace kmirror::broker
