// Structs that several messages share. Plain values and views over the frame.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

// The leader that a broker knows of, sent with NOT_LEADER_OR_FOLLOWER (KIP-951).
struct LeaderIdAndEpoch {
  std::int32_t leader_id = -1;
  std::int32_t leader_epoch = -1;
  TaggedFields unknown_tagged_fields;

  bool operator==(const LeaderIdAndEpoch&) const = default;

  static void describe(auto& a, auto& m) {
    a.field("leaderId", m.leader_id);
    a.field("leaderEpoch", m.leader_epoch);
  }
};

// Where such a leader is reached (KIP-951).
struct NodeEndpoint {
  std::int32_t node_id = 0;
  std::string_view host;
  std::int32_t port = 0;
  std::optional<std::string_view> rack;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("nodeId", m.node_id);
    a.field("host", m.host);
    a.field("port", m.port);
    a.field("rack", m.rack, kNullable);
  }
};

// What became of a request for a partition.
struct PartitionResult {
  std::int32_t partition_index = 0;
  ErrorCode error_code = ErrorCode::kNone;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("partitionIndex", m.partition_index);
    a.field("errorCode", m.error_code);
  }
};

// A topic by its name, with what there is to say of its partitions.
template <class Partition>
struct TopicOf {
  std::string_view name;
  std::vector<Partition> partitions;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("name", m.name);
    a.field("partitions", m.partitions);
  }
};

}  // namespace kmirror::protocol
