// OffsetForLeaderEpoch (key 23): where the records of a leader's epoch end, by which a reader finds
// out that a log was truncated (KIP-320).
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

struct OffsetForLeaderEpochResponse;

struct OffsetForLeaderEpochRequest {
  static constexpr Api kApi{
      .key = 23, .name = "OffsetForLeaderEpoch", .versions = {0, 4}, .flexible = 4};
  using Response = OffsetForLeaderEpochResponse;

  struct Partition {
    std::int32_t partition = 0;
    // What the broker compares with its own; -1: nothing.
    std::int32_t current_leader_epoch = -1;
    // The epoch that is asked about.
    std::int32_t leader_epoch = 0;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partition", m.partition);
      a.field("currentLeaderEpoch", m.current_leader_epoch, since(2) | kIgnorable);
      a.field("leaderEpoch", m.leader_epoch);
    }
  };

  using Topic = PartitionsOf<Partition>;

  // Consumers send -1; -2 may see beyond the high watermark.
  std::int32_t replica_id = -2;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("replicaId", m.replica_id, since(3) | kIgnorable);
    a.field("topics", m.topics);
  }
};

struct OffsetForLeaderEpochResponse {
  static constexpr Api kApi = OffsetForLeaderEpochRequest::kApi;

  struct EpochEndOffset {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition = 0;
    // The newest epoch with records that is not newer than the one asked about; -1: none.
    std::int32_t leader_epoch = -1;
    std::int64_t end_offset = -1;
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("errorCode", m.error_code);
      a.field("partition", m.partition);
      a.field("leaderEpoch", m.leader_epoch, since(1) | kIgnorable);
      a.field("endOffset", m.end_offset);
    }
  };

  using Topic = PartitionsOf<EpochEndOffset>;

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms, since(2) | kIgnorable);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
