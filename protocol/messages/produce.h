// Produce (key 0): appends one batch a partition. The records are referred to, never copied.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/records_view.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct ProduceResponse;

struct ProduceRequest {
  static constexpr Api kApi{.key = 0, .name = "Produce", .versions = {0, 13}, .flexible = 9};
  using Response = ProduceResponse;

  struct Partition {
    std::int32_t index = 0;
    std::optional<RecordsView> records;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("index", m.index);
      a.field("records", m.records, kNullable);
    }
  };

  struct Topic {
    std::string_view name;
    Uuid topic_id;
    std::vector<Partition> partition_data;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name, until(12) | kIgnorable);
      a.field("topicId", m.topic_id, since(13) | kIgnorable);
      a.field("partitionData", m.partition_data);
    }
  };

  std::optional<std::string_view> transactional_id;
  // -1: all in-sync replicas, 1: the leader, 0: no response at all.
  std::int16_t acks = 0;
  std::int32_t timeout_ms = 0;
  std::vector<Topic> topic_data;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("transactionalId", m.transactional_id, since(3) | kNullable);
    a.field("acks", m.acks);
    a.field("timeoutMs", m.timeout_ms);
    a.field("topicData", m.topic_data);
  }
};

struct ProduceResponse {
  static constexpr Api kApi = ProduceRequest::kApi;

  struct RecordError {
    std::int32_t batch_index = 0;
    std::optional<std::string_view> batch_index_error_message;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("batchIndex", m.batch_index);
      a.field("batchIndexErrorMessage", m.batch_index_error_message, kNullable);
    }
  };

  struct Partition {
    std::int32_t index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int64_t base_offset = 0;
    std::int64_t log_append_time_ms = -1;
    std::int64_t log_start_offset = -1;
    std::vector<RecordError> record_errors;
    std::optional<std::string_view> error_message;
    LeaderIdAndEpoch current_leader;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("index", m.index);
      a.field("errorCode", m.error_code);
      a.field("baseOffset", m.base_offset);
      a.field("logAppendTimeMs", m.log_append_time_ms, since(2) | kIgnorable);
      a.field("logStartOffset", m.log_start_offset, since(5) | kIgnorable);
      a.field("recordErrors", m.record_errors, since(8) | kIgnorable);
      a.field("errorMessage", m.error_message, since(8) | kNullable | kIgnorable);
      a.field("currentLeader", m.current_leader, since(10) | tagged(0));
    }
  };

  struct Topic {
    std::string_view name;
    Uuid topic_id;
    std::vector<Partition> partition_responses;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name, until(12) | kIgnorable);
      a.field("topicId", m.topic_id, since(13) | kIgnorable);
      a.field("partitionResponses", m.partition_responses);
    }
  };

  std::vector<Topic> responses;
  std::int32_t throttle_time_ms = 0;
  std::vector<NodeEndpoint> node_endpoints;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("responses", m.responses);
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("nodeEndpoints", m.node_endpoints, since(10) | tagged(0));
  }
};

}  // namespace kmirror::protocol
