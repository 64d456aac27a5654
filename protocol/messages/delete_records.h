// DeleteRecords (key 21): raises the first offsets of partitions (KIP-107).
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

struct DeleteRecordsResponse;

struct DeleteRecordsRequest {
  static constexpr Api kApi{.key = 21, .name = "DeleteRecords", .versions = {0, 2}, .flexible = 2};
  using Response = DeleteRecordsResponse;

  struct Partition {
    std::int32_t partition_index = 0;
    // What is below goes; -1 is the high watermark.
    std::int64_t offset = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("offset", m.offset);
    }
  };

  using Topic = TopicOf<Partition>;

  std::vector<Topic> topics;
  std::int32_t timeout_ms = 0;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("topics", m.topics);
    a.field("timeoutMs", m.timeout_ms);
  }
};

struct DeleteRecordsResponse {
  static constexpr Api kApi = DeleteRecordsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    // The first offset now.
    std::int64_t low_watermark = 0;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("lowWatermark", m.low_watermark);
      a.field("errorCode", m.error_code);
    }
  };

  using Topic = TopicOf<Partition>;

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
