// What the members of a group of consumers tell each other through the broker, which does not look
// into it: the metadata of JoinGroup and the assignments of SyncGroup. A version, int16, precedes
// each; bytes behind the fields of a newer version are to be ignored, which is the caller's part.
// Views over the bytes; plain values otherwise, no thread rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/api.h"
#include "protocol/messages/common.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

struct ConsumerProtocolSubscription {
  static constexpr Api kApi{
      .key = kNoKey, .name = "ConsumerProtocolSubscription", .versions = {0, 3}};

  std::vector<std::string_view> topics;
  std::optional<ConstBytes> user_data;
  // For cooperative rebalancing (KIP-429), with the generation that they are of (KIP-792).
  std::vector<TopicPartitions> owned_partitions;
  std::int32_t generation_id = -1;
  std::optional<std::string_view> rack_id;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("topics", m.topics);
    a.field("userData", m.user_data, kNullable);
    a.field("ownedPartitions", m.owned_partitions, since(1) | kIgnorable);
    a.field("generationId", m.generation_id, since(2) | kIgnorable);
    a.field("rackId", m.rack_id, since(3) | kNullable | kIgnorable);
  }
};

struct ConsumerProtocolAssignment {
  static constexpr Api kApi{
      .key = kNoKey, .name = "ConsumerProtocolAssignment", .versions = {0, 3}};

  std::vector<TopicPartitions> assigned_partitions;
  std::optional<ConstBytes> user_data;
  TaggedFields unknown_tagged_fields;

  static void describe(auto& a, auto& m) {
    a.field("assignedPartitions", m.assigned_partitions);
    a.field("userData", m.user_data, kNullable);
  }
};

}  // namespace kmirror::protocol
