#include "broker/topic_keys.h"

#include <algorithm>
#include <array>

#include "base/parse_number.h"

namespace kmirror::broker {

namespace {

using enum ConfigType;

constexpr std::string_view kForever = "9223372036854775807";
constexpr std::int64_t kIntMax = std::numeric_limits<std::int32_t>::max();

// By name; where a release changed something there is a row before and one from then on.
constexpr auto kKeys = std::to_array<TopicKey>({
    {.name = "cleanup.policy",
     .type = kList,
     .value = "delete",
     .broker_key = "log.cleanup.policy",
     .allowed = "compact,delete"},
    {.name = "compression.gzip.level",
     .type = kInt,
     .value = "-1",
     .broker_key = "compression.gzip.level",
     .since = {3, 8},
     .min = -1,
     .max = 9},
    {.name = "compression.lz4.level",
     .type = kInt,
     .value = "9",
     .broker_key = "compression.lz4.level",
     .since = {3, 8},
     .min = 1,
     .max = 17},
    {.name = "compression.type",
     .value = "producer",
     .broker_key = "compression.type",
     .before = {2, 1},
     .allowed = "uncompressed,lz4,snappy,gzip,producer"},
    {.name = "compression.type",
     .value = "producer",
     .broker_key = "compression.type",
     .since = {2, 1},
     .allowed = "uncompressed,zstd,lz4,snappy,gzip,producer"},
    {.name = "compression.zstd.level",
     .type = kInt,
     .value = "3",
     .broker_key = "compression.zstd.level",
     .since = {3, 8},
     .min = -131072,
     .max = 22},
    {.name = "delete.retention.ms",
     .type = kLong,
     .value = "86400000",
     .broker_key = "log.cleaner.delete.retention.ms",
     .min = 0},
    {.name = "file.delete.delay.ms",
     .type = kLong,
     .value = "60000",
     .broker_key = "log.segment.delete.delay.ms",
     .min = 0},
    {.name = "flush.messages",
     .type = kLong,
     .value = kForever,
     .broker_key = "log.flush.interval.messages",
     .min = 1},
    {.name = "flush.ms",
     .type = kLong,
     .value = kForever,
     .broker_key = "log.flush.interval.ms",
     .min = 0,
     .broker_has_none = true},
    {.name = "follower.replication.throttled.replicas", .type = kList},
    {.name = "index.interval.bytes",
     .type = kInt,
     .value = "4096",
     .broker_key = "log.index.interval.bytes",
     .min = 0},
    {.name = "leader.replication.throttled.replicas", .type = kList},
    {.name = "local.retention.bytes",
     .type = kLong,
     .value = "-2",
     .broker_key = "log.local.retention.bytes",
     .since = {3, 0},
     .min = -2},
    {.name = "local.retention.ms",
     .type = kLong,
     .value = "-2",
     .broker_key = "log.local.retention.ms",
     .since = {3, 0},
     .min = -2},
    {.name = "max.compaction.lag.ms",
     .type = kLong,
     .value = kForever,
     .broker_key = "log.cleaner.max.compaction.lag.ms",
     .since = {2, 3},
     .min = 1},
    {.name = "max.message.bytes",
     .type = kInt,
     .value = "1000012",
     .broker_key = "message.max.bytes",
     .before = {2, 5},
     .min = 0},
    {.name = "max.message.bytes",
     .type = kInt,
     .value = "1048588",
     .broker_key = "message.max.bytes",
     .since = {2, 5},
     .min = 0},
    {.name = "message.downconversion.enable",
     .type = kBoolean,
     .value = "true",
     .broker_key = "log.message.downconversion.enable",
     .since = {2, 0},
     .before = {4, 0}},
    {.name = "message.format.version",
     .value = "3.0-IV1",
     .broker_key = "log.message.format.version",
     .since = {3, 0},
     .before = {4, 0}},
    {.name = "message.timestamp.after.max.ms",
     .type = kLong,
     .value = kForever,
     .broker_key = "log.message.timestamp.after.max.ms",
     .since = {3, 6},
     .before = {4, 0},
     .min = 0},
    {.name = "message.timestamp.after.max.ms",
     .type = kLong,
     .value = "3600000",
     .broker_key = "log.message.timestamp.after.max.ms",
     .since = {4, 0},
     .min = 0},
    {.name = "message.timestamp.before.max.ms",
     .type = kLong,
     .value = kForever,
     .broker_key = "log.message.timestamp.before.max.ms",
     .since = {3, 6},
     .min = 0},
    {.name = "message.timestamp.difference.max.ms",
     .type = kLong,
     .value = kForever,
     .broker_key = "log.message.timestamp.difference.max.ms",
     .before = {4, 0},
     .min = 0},
    {.name = "message.timestamp.type",
     .value = "CreateTime",
     .broker_key = "log.message.timestamp.type",
     .allowed = "CreateTime,LogAppendTime"},
    {.name = "min.cleanable.dirty.ratio",
     .type = kDouble,
     .value = "0.5",
     .broker_key = "log.cleaner.min.cleanable.ratio",
     .min = 0,
     .max = 1},
    {.name = "min.compaction.lag.ms",
     .type = kLong,
     .value = "0",
     .broker_key = "log.cleaner.min.compaction.lag.ms",
     .min = 0},
    {.name = "min.insync.replicas",
     .type = kInt,
     .value = "1",
     .broker_key = "min.insync.replicas",
     .min = 1},
    {.name = "preallocate", .type = kBoolean, .value = "false", .broker_key = "log.preallocate"},
    {.name = "remote.log.copy.disable", .type = kBoolean, .value = "false", .since = {3, 9}},
    {.name = "remote.log.delete.on.disable", .type = kBoolean, .value = "false", .since = {3, 9}},
    // Brokers that have no tiered storage take nothing else.
    {.name = "remote.storage.enable",
     .type = kBoolean,
     .value = "false",
     .since = {3, 0},
     .allowed = "false"},
    {.name = "retention.bytes", .type = kLong, .value = "-1", .broker_key = "log.retention.bytes"},
    {.name = "retention.ms",
     .type = kLong,
     .value = "604800000",
     .broker_key = "log.retention.ms",
     .min = -1,
     .broker_has_none = true},
    {.name = "segment.bytes",
     .type = kInt,
     .value = "1073741824",
     .broker_key = "log.segment.bytes",
     .before = {4, 1},
     .min = 14},
    {.name = "segment.bytes",
     .type = kInt,
     .value = "1073741824",
     .broker_key = "log.segment.bytes",
     .since = {4, 1},
     .min = 1 << 20},
    {.name = "segment.index.bytes",
     .type = kInt,
     .value = "10485760",
     .broker_key = "log.index.size.max.bytes",
     .min = 4},
    {.name = "segment.jitter.ms",
     .type = kLong,
     .value = "0",
     .broker_key = "log.roll.jitter.ms",
     .min = 0,
     .broker_has_none = true},
    {.name = "segment.ms",
     .type = kLong,
     .value = "604800000",
     .broker_key = "log.roll.ms",
     .min = 1,
     .broker_has_none = true},
    {.name = "unclean.leader.election.enable",
     .type = kBoolean,
     .value = "false",
     .broker_key = "unclean.leader.election.enable"},
});

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool is_allowed(const TopicKey& key, std::string_view text) {
  return key.allowed.empty() || std::ranges::count(split_list(key.allowed), text) > 0;
}

// As Java has them, with a plus or without.
template <class Number>
std::optional<Number> parse_signed(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return parse_number<Number>(text);
}

std::optional<std::string> parse_whole(const TopicKey& key, std::string_view text) {
  const auto number = parse_signed<std::int64_t>(text);
  if (!number || *number < key.min || *number > key.max) return std::nullopt;
  const bool is_int = *number <= kIntMax && *number >= -kIntMax - 1;
  if (key.type == kInt && !is_int) return std::nullopt;
  // The one rule of its kind: "[1,...,9] or -1".
  if (key.name == "compression.gzip.level" && *number == 0) return std::nullopt;
  return std::to_string(*number);
}

}  // namespace

std::vector<TopicKey> topic_keys(const Release& release) {
  std::vector<TopicKey> keys;
  for (const TopicKey& key : kKeys) {
    if (key.since <= release && release < key.before) keys.push_back(key);
  }
  return keys;
}

std::optional<TopicKey> find_topic_key(const Release& release, std::string_view name) {
  for (const TopicKey& key : kKeys) {
    if (key.name == name && key.since <= release && release < key.before) return key;
  }
  return std::nullopt;
}

std::optional<std::string> parse_value(const TopicKey& key, std::string_view text) {
  const std::string_view trimmed = trim(text);
  switch (key.type) {
    case kBoolean: {
      std::string lower(trimmed);
      std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
      const bool is_boolean = lower == "true" || lower == "false";
      return is_boolean && is_allowed(key, lower) ? std::optional(lower) : std::nullopt;
    }
    case kInt:
    case kLong:
      return parse_whole(key, trimmed);
    case kDouble: {
      const auto number = parse_signed<double>(trimmed);
      const bool fits = number && *number >= static_cast<double>(key.min) &&
                        *number <= static_cast<double>(key.max);
      return fits ? std::optional<std::string>(trimmed) : std::nullopt;
    }
    case kString:
      return is_allowed(key, trimmed) ? std::optional<std::string>(trimmed) : std::nullopt;
    case kList: {
      const auto elements = split_list(trimmed);
      const bool fit =
          std::ranges::all_of(elements, [&](const auto& one) { return is_allowed(key, one); });
      return fit ? std::optional(join_list(elements)) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> elements;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    elements.emplace_back(trim(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return elements;
}

std::string join_list(const std::vector<std::string>& elements) {
  std::string text;
  for (const std::string& element : elements) text += (text.empty() ? "" : ",") + element;
  return text;
}

}  // namespace kmirror::broker
