// The configuration of a topic: what was set for it, where all values come from, and those that the
// brokers here act on. The keys are those of topic_keys.h. Plain value, no thread rules.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/release.h"
#include "broker/topic_keys.h"
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

  // Where a value comes from; numbered as in DescribeConfigs (ConfigSource).
  enum class Source : std::int8_t {
    kTopic = 1,
    kAllBrokers = 3,  // set for the whole cluster
    kStaticBroker = 4,
    kDefault = 5,
  };

  struct Synonym {
    std::string name;
    std::string value;
    Source source = Source::kDefault;
  };

  struct Entry {
    TopicKey key;
    std::string value;
    Source source = Source::kDefault;
    std::vector<Synonym> synonyms;  // the value's origins, the one that counts first
  };

  // All keys, in the order of their names.
  std::vector<Entry> entries() const;

 private:
  Release release_;
  Overrides defaults_;
  Overrides overrides_;
  Values values_;
};

// What is wrong with such values, as a sentence for people; nothing where nothing is.
std::optional<std::string> find_config_problem(const Release& release,
                                               const TopicConfig::Overrides& overrides);

}  // namespace kmirror::broker
