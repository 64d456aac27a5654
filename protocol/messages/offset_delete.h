// OffsetDelete (key 47): deletes stored positions of a group (KIP-496).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/error_code.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct OffsetDeleteResponse;

struct OffsetDeleteRequest {
  static constexpr Api kApi{.key = 47, .name = "OffsetDelete", .versions = {0, 0}};
  using Response = OffsetDeleteResponse;

  struct Partition {
    std::int32_t partition_index = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) { a.field("partitionIndex", m.partition_index); }
  };

  using Topic = TopicOf<Partition>;

  std::string_view group_id;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("groupId", m.group_id);
    a.field("topics", m.topics);
  }
};

struct OffsetDeleteResponse {
  static constexpr Api kApi = OffsetDeleteRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;
  std::int32_t throttle_time_ms = 0;
  std::vector<TopicOf<PartitionResult>> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("errorCode", m.error_code);
    a.field("throttleTimeMs", m.throttle_time_ms, kIgnorable);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
