// CreatePartitions (key 37): adds partitions to topics.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct CreatePartitionsResponse;

struct CreatePartitionsRequest {
  static constexpr Api kApi{
      .key = 37, .name = "CreatePartitions", .versions = {0, 3}, .flexible = 2};
  using Response = CreatePartitionsResponse;

  struct Assignment {
    std::vector<std::int32_t> broker_ids;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) { a.field("brokerIds", m.broker_ids); }
  };

  struct Topic {
    std::string_view name;
    std::int32_t count = 0;
    // Null lets the broker choose.
    std::optional<std::vector<Assignment>> assignments{std::in_place};
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("count", m.count);
      a.field("assignments", m.assignments, kNullable);
    }
  };

  std::vector<Topic> topics;
  std::int32_t timeout_ms = 0;
  bool validate_only = false;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("topics", m.topics);
    a.field("timeoutMs", m.timeout_ms);
    a.field("validateOnly", m.validate_only);
  }
};

struct CreatePartitionsResponse {
  static constexpr Api kApi = CreatePartitionsRequest::kApi;

  struct Topic {
    std::string_view name;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, kNullable);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> results;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("results", m.results);
  }
};

}  // namespace kmirror::protocol
