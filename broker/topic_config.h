// The configuration of a topic: Kafka's keys, their defaults, which values they take, and the
// values that the brokers here act on. Plain value, no thread rules.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "broker/release.h"
#include "compression/codec.h"
#include "protocol/records/batch_view.h"

namespace kmirror::broker {

class TopicConfig {
 public:
  using Overrides = std::map<std::string, std::string>;

  // What the brokers act on; sizes in bytes, times in milliseconds, -1 for no limit.
  struct Values {
    bool compacts = false;
    bool deletes = true;
    std::optional<compression::Codec> codec;  // none: what the producer chose
    protocol::TimestampType timestamp_type = protocol::TimestampType::kCreateTime;
    std::int64_t timestamp_before_max_ms = std::numeric_limits<std::int64_t>::max();
    std::int64_t timestamp_after_max_ms = std::numeric_limits<std::int64_t>::max();
    std::int32_t max_message_bytes = 1'048'588;
    std::int32_t segment_bytes = 1 << 30;
    std::int64_t retention_ms = 604'800'000;
    std::int64_t retention_bytes = -1;
    std::int64_t delete_retention_ms = 86'400'000;
    std::int32_t min_in_sync_replicas = 1;
  };

  TopicConfig() = default;
  // `defaults` are the brokers', under the topic's keys.
  TopicConfig(const Release& release, const Overrides& defaults, Overrides overrides);

  const Values& values() const { return values_; }
  const Overrides& overrides() const { return overrides_; }

 private:
  Overrides overrides_;
  Values values_;
};

}  // namespace kmirror::broker
