#include "broker/topic_config.h"

#include <utility>

namespace kmirror::broker {

namespace {

constexpr std::int64_t kHourMs = 3'600'000;

void apply(TopicConfig::Values& values, const std::string& key, const std::string& value) {
  if (key == "cleanup.policy") {
    values.compacts = value.find("compact") != std::string::npos;
    values.deletes = value.find("delete") != std::string::npos;
  } else if (key == "compression.type") {
    values.codec = compression::codec_from_name(value);  // none for "producer"
  } else if (key == "message.timestamp.type") {
    values.timestamp_type = value == "LogAppendTime" ? protocol::TimestampType::kLogAppendTime
                                                     : protocol::TimestampType::kCreateTime;
  } else if (key == "message.timestamp.before.max.ms") {
    values.timestamp_before_max_ms = std::stoll(value);
  } else if (key == "message.timestamp.after.max.ms") {
    values.timestamp_after_max_ms = std::stoll(value);
  } else if (key == "max.message.bytes") {
    values.max_message_bytes = std::stoi(value);
  } else if (key == "segment.bytes") {
    values.segment_bytes = std::stoi(value);
  } else if (key == "retention.ms") {
    values.retention_ms = std::stoll(value);
  } else if (key == "retention.bytes") {
    values.retention_bytes = std::stoll(value);
  } else if (key == "delete.retention.ms") {
    values.delete_retention_ms = std::stoll(value);
  } else if (key == "min.insync.replicas") {
    values.min_in_sync_replicas = std::stoi(value);
  }
}

}  // namespace

TopicConfig::TopicConfig(const Release& release, const Overrides& defaults, Overrides overrides)
    : overrides_(std::move(overrides)) {
  if (release < Release{2, 5}) values_.max_message_bytes = 1'000'012;
  if (release >= Release{4, 0}) values_.timestamp_after_max_ms = kHourMs;
  for (const auto& [key, value] : defaults) apply(values_, key, value);
  for (const auto& [key, value] : overrides_) apply(values_, key, value);
}

}  // namespace kmirror::broker
