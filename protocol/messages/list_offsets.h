// ListOffsets (key 2): the offset at a time, or at either end of the log.
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

struct ListOffsetsResponse;

struct ListOffsetsRequest {
  static constexpr Api kApi{.key = 2, .name = "ListOffsets", .versions = {0, 10}, .flexible = 6};
  using Response = ListOffsetsResponse;

  struct Partition {
    std::int32_t partition_index = 0;
    std::int32_t current_leader_epoch = -1;
    // -1: latest, -2: earliest, -3: that of the largest timestamp (version 7 on), -4: earliest that
    // is local (8 on), -5: latest in tiered storage (9 on).
    std::int64_t timestamp = 0;
    std::int32_t max_num_offsets = 1;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("currentLeaderEpoch", m.current_leader_epoch, since(4) | kIgnorable);
      a.field("timestamp", m.timestamp);
      a.field("maxNumOffsets", m.max_num_offsets, until(0));
    }
  };

  using Topic = TopicOf<Partition>;

  // -1 for a consumer.
  std::int32_t replica_id = 0;
  // 0: read_uncommitted, 1: read_committed.
  std::int8_t isolation_level = 0;
  std::vector<Topic> topics;
  std::int32_t timeout_ms = 0;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("replicaId", m.replica_id);
    a.field("isolationLevel", m.isolation_level, since(2));
    a.field("topics", m.topics);
    a.field("timeoutMs", m.timeout_ms, since(10) | kIgnorable);
  }
};

struct ListOffsetsResponse {
  static constexpr Api kApi = ListOffsetsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::vector<std::int64_t> old_style_offsets;
    std::int64_t timestamp = -1;
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("errorCode", m.error_code);
      a.field("oldStyleOffsets", m.old_style_offsets, until(0));
      a.field("timestamp", m.timestamp, since(1));
      a.field("offset", m.offset, since(1));
      a.field("leaderEpoch", m.leader_epoch, since(4));
    }
  };

  using Topic = TopicOf<Partition>;

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(2) | kIgnorable);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
