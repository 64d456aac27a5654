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

// The same where Kafka calls the name topic.
template <class Partition>
struct PartitionsOf {
  std::string_view topic;
  std::vector<Partition> partitions;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("topic", m.topic);
    a.field("partitions", m.partitions);
  }
};

// Partitions of one topic, in the words of some messages and of others.
using TopicPartitions = PartitionsOf<std::int32_t>;
struct TopicPartitionIndexes {
  std::string_view name;
  std::vector<std::int32_t> partition_indexes;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("name", m.name);
    a.field("partitionIndexes", m.partition_indexes);
  }
};

// A key of a topic's or a broker's configuration. A null value stands for the default.
struct ConfigEntry {
  std::string_view name;
  std::optional<std::string_view> value = "";
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("name", m.name);
    a.field("value", m.value, kNullable | kSecret);
  }
};

// What became of a change to the configuration of a topic, a broker or the like.
struct AlterConfigsResult {
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string_view> error_message = "";
  std::int8_t resource_type = 0;
  std::string_view resource_name;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("errorCode", m.error_code);
    a.field("errorMessage", m.error_message, kNullable);
    a.field("resourceType", m.resource_type);
    a.field("resourceName", m.resource_name);
  }
};

// The ACLs that all of its fields match; null and 1 match anything. The numbers are those of
// Kafka's enums ResourceType, PatternType (3: literal, 4: prefixed), AclOperation and
// AclPermissionType (2: deny, 3: allow).
struct AclFilter {
  std::int8_t resource_type_filter = 0;
  std::optional<std::string_view> resource_name_filter = "";
  std::int8_t pattern_type_filter = 3;
  std::optional<std::string_view> principal_filter = "";
  std::optional<std::string_view> host_filter = "";
  std::int8_t operation = 0;
  std::int8_t permission_type = 0;
  TaggedFields unknown_tagged_fields;

  // Pattern types came with KIP-290.
  static void describe(auto& a, auto& m) {
    a.field("resourceTypeFilter", m.resource_type_filter);
    a.field("resourceNameFilter", m.resource_name_filter, kNullable);
    a.field("patternTypeFilter", m.pattern_type_filter, since(1));
    a.field("principalFilter", m.principal_filter, kNullable);
    a.field("hostFilter", m.host_filter, kNullable);
    a.field("operation", m.operation);
    a.field("permissionType", m.permission_type);
  }
};

// Part of whom a quota is for: entity_type "user", "client-id" or "ip". A null name is the default
// of all that have no quota of their own (KIP-546).
struct QuotaEntity {
  std::string_view entity_type;
  std::optional<std::string_view> entity_name = "";
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("entityType", m.entity_type);
    a.field("entityName", m.entity_name, kNullable);
  }
};

}  // namespace kmirror::protocol
