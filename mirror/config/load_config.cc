#include "mirror/config/load_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "mirror/config/check_keys.h"
#include "mirror/config/key_reader.h"
#include "mirror/config/known_keys.h"
#include "mirror/config/properties.h"
#include "mirror/config/side_config.h"

namespace kmirror::mirror {
namespace {

constexpr std::size_t kMaxTopicName = 249;  // Topic.java, MAX_NAME_LENGTH

// Adds an own key, unless it stands somewhere else with another value.
std::optional<ConfigError> add_own(Properties& own, const Property& property) {
  const Property* earlier = find_property(own, property.key);
  if (earlier != nullptr && trimmed(earlier->value) != trimmed(property.value)) {
    return ConfigError{fmt::format("{}: {}={} contradicts {}={} at {}.", property.where(),
                                   property.key, property.value, earlier->key, earlier->value,
                                   earlier->where())};
  }
  set_property(own, property);
  return std::nullopt;
}

std::optional<ConfigError> add_own_of_file(Properties& own, const Properties& file) {
  for (const Property& property : file) {
    if (find_known_key(KeySet::kOwn, property.key) == nullptr) continue;
    if (auto error = add_own(own, property)) return error;
  }
  return std::nullopt;
}

std::optional<ConfigError> add_setting(Properties& own, const std::string& setting) {
  std::size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    return ConfigError{fmt::format("--set {}: it takes key=value.", setting)};
  }
  Property property{std::string(trimmed(setting.substr(0, equals))), setting.substr(equals + 1),
                    "--set", 0};
  if (find_known_key(KeySet::kConsumer, property.key) != nullptr ||
      find_known_key(KeySet::kProducer, property.key) != nullptr) {
    return ConfigError{fmt::format(
        "--set {}: it is a key of Kafka's and belongs in the file of --consumer.config or "
        "--producer.config.",
        property.key)};
  }
  return add_own(own, property);
}

bool is_legal_in_topic_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::optional<ConfigError> resolve_own(const Properties& own, MirrorConfig& config) {
  KeyReader keys(own);
  std::string partitioning = lower_case(keys.text({"partitioning"}));
  if (partitioning == "identity") config.partitioning = Partitioning::kIdentity;
  if (partitioning == "key") config.partitioning = Partitioning::kKey;
  config.coalesce = lower_case(keys.text({"coalesce"})) != "off";
  config.threads = keys.int32({"threads"}, config.threads);
  config.memory_bytes = keys.bytes({"memory"}, config.memory_bytes);
  config.batch_memory_bytes = keys.bytes({"batch.memory"}, config.batch_memory_bytes);
  if (keys.find({"destination.partitions"}) != nullptr) {
    config.destination_partitions = keys.int32({"destination.partitions"}, 0);
  }
  if (keys.find({"destination.replication.factor"}) != nullptr) {
    config.destination_replication_factor =
        static_cast<std::int16_t>(keys.int32({"destination.replication.factor"}, 0));
  }
  config.topic_prefix = keys.text({"topic.prefix"});
  if (!std::ranges::all_of(config.topic_prefix, is_legal_in_topic_name) ||
      config.topic_prefix.size() >= kMaxTopicName) {
    return wrong_value(*keys.find({"topic.prefix"}),
                       "must be letters, digits, '.', '_' and '-', and leave room for a name");
  }
  return std::nullopt;
}

std::optional<ConfigError> resolve_flags(const MirrorInputs& inputs, MirrorConfig& config) {
  ConfigResult<TopicFilter> topics = TopicFilter::compile(inputs.include);
  if (!topics) return topics.error();
  config.topics = std::move(*topics);
  config.num_streams = inputs.num_streams;
  config.offset_commit_interval = milliseconds(inputs.offset_commit_interval_ms);
  config.until_end = inputs.until_end;
  return std::nullopt;
}

std::vector<std::string> notes_on(const Properties& consumer,
                                  const std::vector<std::string>& without_effect) {
  std::vector<std::string> notes;
  const Property* client_id = find_property(consumer, "client.id");
  if (client_id != nullptr && !trimmed(client_id->value).empty()) {
    notes.push_back(fmt::format(
        "{}: client.id={} is replaced by <group.id>-<number of the stream>, as by MirrorMaker.",
        client_id->where(), client_id->value));
  }
  if (!without_effect.empty()) {
    notes.push_back(
        fmt::format("keys that have no effect here: {}.", fmt::join(without_effect, ", ")));
  }
  return notes;
}

}  // namespace

ConfigResult<LoadedConfig> load_mirror_config(const MirrorInputs& inputs) {
  ConfigResult<Properties> consumer = read_properties(inputs.consumer_config);
  if (!consumer) return consumer.error();
  ConfigResult<Properties> producer = read_properties(inputs.producer_config);
  if (!producer) return producer.error();
  Properties own;
  if (auto error = add_own_of_file(own, *consumer)) return *error;
  if (auto error = add_own_of_file(own, *producer)) return *error;
  for (const std::string& setting : inputs.settings) {
    if (auto error = add_setting(own, setting)) return *error;
  }

  LoadedConfig loaded;
  std::vector<std::string>& warnings = loaded.warnings;
  std::vector<std::string> without_effect;
  if (auto error = check_keys(*consumer, KeySet::kConsumer, warnings, without_effect))
    return *error;
  if (auto error = check_keys(*producer, KeySet::kProducer, warnings, without_effect))
    return *error;
  if (auto error = check_keys(own, KeySet::kOwn, warnings, without_effect)) return *error;

  ConfigResult<SourceConfig> source = resolve_source(*consumer, inputs.consumer_config);
  if (!source) return source.error();
  loaded.config.source = std::move(*source);
  ConfigResult<DestinationConfig> destination =
      resolve_destination(*producer, inputs.producer_config, warnings);
  if (!destination) return destination.error();
  loaded.config.destination = std::move(*destination);
  if (loaded.config.destination.client.client_id.empty()) {
    loaded.config.destination.client.client_id = loaded.config.source.group_id;
  }
  if (auto error = resolve_own(own, loaded.config)) return *error;
  if (auto error = resolve_flags(inputs, loaded.config)) return *error;
  loaded.notes = notes_on(*consumer, without_effect);
  return loaded;
}

}  // namespace kmirror::mirror
