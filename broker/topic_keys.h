// The keys of a topic's configuration as each release of Kafka knows them: types, defaults, which
// values they take, and the brokers' keys behind them. Sources: Kafka's TopicConfig, LogConfig and
// ServerTopicConfigSynonyms. Constants and pure functions, no thread rules.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/release.h"

namespace kmirror::broker {

// Numbered as in DescribeConfigs (ConfigType).
enum class ConfigType : std::int8_t {
  kBoolean = 1,
  kString = 2,
  kInt = 3,
  kLong = 5,
  kDouble = 6,
  kList = 7,
};

struct TopicKey {
  std::string_view name;
  ConfigType type = ConfigType::kString;
  std::string_view value;       // the default
  std::string_view broker_key;  // whose value is the topic's, unless it has one of its own; or none
  Release since{0, 11};
  Release before{99, 0};                                        // gone from there on
  std::int64_t min = std::numeric_limits<std::int64_t>::min();  // of numbers
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::string_view allowed;  // texts, and elements of lists, between commas; empty: any
  // The broker's key has no default of its own; another one has, that counts in other units.
  bool broker_has_none = false;
};

// In the order of their names.
std::vector<TopicKey> topic_keys(const Release& release);
std::optional<TopicKey> find_topic_key(const Release& release, std::string_view name);

// The value as Kafka writes it, without blanks that it does not mind; none where it is none that
// the key takes.
std::optional<std::string> parse_value(const TopicKey& key, std::string_view text);

// The elements of a list.
std::vector<std::string> split_list(std::string_view text);
std::string join_list(const std::vector<std::string>& elements);

}  // namespace kmirror::broker
