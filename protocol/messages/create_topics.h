// CreateTopics (key 19): creates topics.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct CreateTopicsResponse;

struct CreateTopicsRequest {
  static constexpr Api kApi{.key = 19, .name = "CreateTopics", .versions = {0, 7}, .flexible = 5};
  using Response = CreateTopicsResponse;

  struct Assignment {
    std::int32_t partition_index = 0;
    std::vector<std::int32_t> broker_ids;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("brokerIds", m.broker_ids);
    }
  };

  struct Topic {
    std::string_view name;
    std::int32_t num_partitions = 0;
    std::int16_t replication_factor = 0;
    std::vector<Assignment> assignments;
    std::vector<ConfigEntry> configs;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("numPartitions", m.num_partitions);
      a.field("replicationFactor", m.replication_factor);
      a.field("assignments", m.assignments);
      a.field("configs", m.configs);
    }
  };

  std::vector<Topic> topics;
  std::int32_t timeout_ms = 60000;
  bool validate_only = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("topics", m.topics);
    a.field("timeoutMs", m.timeout_ms);
    a.field("validateOnly", m.validate_only, since(1));
  }
};

struct CreateTopicsResponse {
  static constexpr Api kApi = CreateTopicsRequest::kApi;

  struct Config {
    std::string_view name;
    std::optional<std::string_view> value = "";
    bool read_only = false;
    std::int8_t config_source = -1;
    bool is_sensitive = false;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("value", m.value, kNullable | kSecret);
      a.field("readOnly", m.read_only);
      a.field("configSource", m.config_source);
      a.field("isSensitive", m.is_sensitive);
    }
  };

  struct Topic {
    std::string_view name;
    Uuid topic_id;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message = "";
    ErrorCode topic_config_error_code = ErrorCode::kNone;
    std::int32_t num_partitions = -1;
    std::int16_t replication_factor = -1;
    std::optional<std::vector<Config>> configs{std::in_place};
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("topicId", m.topic_id, since(7) | kIgnorable);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, since(1) | kNullable | kIgnorable);
      a.field("topicConfigErrorCode", m.topic_config_error_code, since(5) | tagged(0) | kIgnorable);
      a.field("numPartitions", m.num_partitions, since(5) | kIgnorable);
      a.field("replicationFactor", m.replication_factor, since(5) | kIgnorable);
      a.field("configs", m.configs, since(5) | kNullable | kIgnorable);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(2) | kIgnorable);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
