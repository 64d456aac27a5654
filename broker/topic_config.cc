#include "broker/topic_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kmirror::broker {

namespace {

// Clusters begin with a value of their own for it since they keep eligible leader replicas
// (KIP-966).
constexpr std::string_view kSetForAll = "min.insync.replicas";

std::int64_t number(const std::string& value) {
  return std::stoll(value);
}

void apply(TopicConfig::Values& values, std::string_view key, const std::string& value) {
  if (key == "cleanup.policy") {
    values.compacts = value.find("compact") != std::string::npos;
    values.deletes = value.find("delete") != std::string::npos;
  } else if (key == "compression.type") {
    values.codec = compression::codec_from_name(value);  // none for "producer"
  } else if (key == "message.timestamp.type") {
    values.timestamp_type = value == "LogAppendTime" ? protocol::TimestampType::kLogAppendTime
                                                     : protocol::TimestampType::kCreateTime;
  } else if (key == "message.timestamp.before.max.ms") {
    values.timestamp_before_max_ms = std::min(values.timestamp_before_max_ms, number(value));
  } else if (key == "message.timestamp.after.max.ms") {
    values.timestamp_after_max_ms = std::min(values.timestamp_after_max_ms, number(value));
  } else if (key == "message.timestamp.difference.max.ms") {
    values.timestamp_before_max_ms = std::min(values.timestamp_before_max_ms, number(value));
    values.timestamp_after_max_ms = std::min(values.timestamp_after_max_ms, number(value));
  } else if (key == "max.message.bytes") {
    values.max_message_bytes = static_cast<std::int32_t>(number(value));
  } else if (key == "segment.bytes") {
    values.segment_bytes = static_cast<std::int32_t>(number(value));
  } else if (key == "retention.ms") {
    values.retention_ms = number(value);
  } else if (key == "retention.bytes") {
    values.retention_bytes = number(value);
  } else if (key == "delete.retention.ms") {
    values.delete_retention_ms = number(value);
  } else if (key == "min.insync.replicas") {
    values.min_in_sync_replicas = static_cast<std::int32_t>(number(value));
  }
}

}  // namespace

TopicConfig::TopicConfig(const Release& release, const Overrides& defaults, Overrides overrides)
    : release_(release), defaults_(defaults), overrides_(std::move(overrides)) {
  for (const Entry& entry : entries()) apply(values_, entry.key.name, entry.value);
}

std::vector<TopicConfig::Entry> TopicConfig::entries() const {
  std::vector<Entry> all;
  for (const TopicKey& key : topic_keys(release_)) {
    Entry& entry = all.emplace_back();
    entry.key = key;
    const std::string name(key.name);
    const auto add = [&](std::string_view synonym, std::string_view value, Source source) {
      entry.synonyms.push_back({std::string(synonym), std::string(value), source});
    };
    const auto own = overrides_.find(name);
    if (own != overrides_.end()) {
      add(key.name, parse_value(key, own->second).value_or(own->second), Source::kTopic);
    }
    const auto of_broker = defaults_.find(name);
    if (of_broker != defaults_.end() && !key.broker_key.empty()) {
      add(key.broker_key, of_broker->second, Source::kStaticBroker);
    } else if (name == kSetForAll && release_ >= Release{4, 1}) {
      add(key.broker_key, key.value, Source::kAllBrokers);
    }
    entry.value = entry.synonyms.empty() ? std::string(key.value) : entry.synonyms[0].value;
    if (!key.broker_key.empty() && !key.broker_has_none) {
      add(key.broker_key, key.value, Source::kDefault);
    }
    if (!entry.synonyms.empty()) entry.source = entry.synonyms[0].source;
  }
  return all;
}

std::optional<std::string> find_config_problem(const Release& release,
                                               const TopicConfig::Overrides& overrides) {
  for (const auto& [name, value] : overrides) {
    const auto key = find_topic_key(release, name);
    if (!key) return fmt::format("Unknown topic config name: {}", name);
    if (!parse_value(*key, value)) {
      return fmt::format("Invalid value {} for configuration {}", value, name);
    }
  }
  const auto lag = [&](const char* name, std::int64_t otherwise) {
    const auto found = overrides.find(name);
    return found == overrides.end() ? otherwise : number(found->second);
  };
  if (lag("min.compaction.lag.ms", 0) >
      lag("max.compaction.lag.ms", std::numeric_limits<std::int64_t>::max())) {
    return "max.compaction.lag.ms is smaller than min.compaction.lag.ms";
  }
  return std::nullopt;
}

}  // namespace kmirror::broker
