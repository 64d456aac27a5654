// DeleteTopics (key 20): deletes topics.
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct DeleteTopicsResponse;

struct DeleteTopicsRequest {
  static constexpr Api kApi{.key = 20, .name = "DeleteTopics", .versions = {0, 6}, .flexible = 4};
  using Response = DeleteTopicsResponse;

  struct Topic {
    std::optional<std::string_view> name;
    Uuid topic_id;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name, kNullable);
      a.field("topicId", m.topic_id);
    }
  };

  std::vector<Topic> topics;
  std::vector<std::string_view> topic_names;
  std::int32_t timeout_ms = 0;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("topics", m.topics, since(6));
    a.field("topicNames", m.topic_names, until(5) | kIgnorable);
    a.field("timeoutMs", m.timeout_ms);
  }
};

struct DeleteTopicsResponse {
  static constexpr Api kApi = DeleteTopicsRequest::kApi;

  struct Topic {
    std::optional<std::string_view> name = "";
    Uuid topic_id;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string_view> error_message;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("name", m.name, nullable_since(6));
      a.field("topicId", m.topic_id, since(6) | kIgnorable);
      a.field("errorCode", m.error_code);
      a.field("errorMessage", m.error_message, since(5) | kNullable | kIgnorable);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> responses;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(1) | kIgnorable);
    a.field("responses", m.responses);
  }
};

}  // namespace kmirror::protocol
