// TxnOffsetCommit (key 28): stores positions of a group once a transaction commits (KIP-98).
// Views over the frame; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/api.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct TxnOffsetCommitResponse;

// Version 5 may be used only where transaction.version 2 is finalized: it does what AddOffsetsToTxn
// does as well (KIP-890).
struct TxnOffsetCommitRequest {
  static constexpr Api kApi{
      .key = 28, .name = "TxnOffsetCommit", .versions = {0, 4}, .known_max = 5, .flexible = 3};
  using Response = TxnOffsetCommitResponse;

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::optional<std::string_view> committed_metadata = "";
    TaggedFields unknown_tagged_fields;

    static void describe(auto& a, auto& m) {
      a.field("partitionIndex", m.partition_index);
      a.field("committedOffset", m.committed_offset);
      a.field("committedLeaderEpoch", m.committed_leader_epoch, since(2) | kIgnorable);
      a.field("committedMetadata", m.committed_metadata, kNullable);
    }
  };

  using Topic = TopicOf<Partition>;

  std::string_view transactional_id;
  std::string_view group_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  // Of the member that commits, so that a replaced one is refused (KIP-447).
  std::int32_t generation_id = -1;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::vector<Topic> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("transactionalId", m.transactional_id);
    a.field("groupId", m.group_id);
    a.field("producerId", m.producer_id);
    a.field("producerEpoch", m.producer_epoch);
    a.field("generationId", m.generation_id, since(3));
    a.field("memberId", m.member_id, since(3));
    a.field("groupInstanceId", m.group_instance_id, since(3) | kNullable);
    a.field("topics", m.topics);
  }
};

struct TxnOffsetCommitResponse {
  static constexpr Api kApi = TxnOffsetCommitRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  std::vector<TopicOf<PartitionResult>> topics;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("throttleTimeMs", m.throttle_time_ms);
    a.field("topics", m.topics);
  }
};

}  // namespace kmirror::protocol
