// The offsets that a group has committed, and those that wait for the end of a transaction.
// Sources: Kafka's GroupMetadata (until 3.9) and OffsetMetadataManager (from 4.0 on).
//
// Left out: expiry (KIP-211). Offsets stay until they or their topic or group are deleted.
//
// Owned by Groups; no thread rules.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/error_code.h"

namespace kmirror::broker {

struct CommittedOffset {
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1;
  std::string metadata;
  bool operator==(const CommittedOffset&) const = default;
};

class GroupOffsets {
 public:
  // By topic and partition.
  using Offsets = std::map<std::string, std::map<std::int32_t, CommittedOffset>, std::less<>>;

  // Takes an offset, as part of the transaction of `producer_id` if there is one.
  // OFFSET_METADATA_TOO_LARGE above 4096 characters, offset.metadata.max.bytes.
  protocol::ErrorCode commit(std::string_view topic, std::int32_t partition, CommittedOffset offset,
                             std::optional<std::int64_t> producer_id = std::nullopt);

  // What the producer's transaction committed counts from now on, or never did.
  void end_transaction(std::int64_t producer_id, bool commit);

  const Offsets& all() const { return committed_; }
  const CommittedOffset* find(std::string_view topic, std::int32_t partition) const;
  // Whether a transaction that is open may change it (UNSTABLE_OFFSET_COMMIT).
  bool is_pending(std::string_view topic, std::int32_t partition) const;

  void remove(std::string_view topic, std::int32_t partition);
  void remove_topic(std::string_view topic);

 private:
  struct Written {
    CommittedOffset offset;
    std::uint64_t order = 0;  // of commits: what came last counts, not what ended last
  };
  struct Key {
    std::string topic;
    std::int32_t partition = 0;
    auto operator<=>(const Key&) const = default;
  };

  void put(const Key& key, const Written& written);

  Offsets committed_;
  std::map<Key, std::uint64_t> orders_;                     // of what is committed
  std::map<std::int64_t, std::map<Key, Written>> pending_;  // by producer id
  std::uint64_t next_order_ = 0;
};

}  // namespace kmirror::broker
