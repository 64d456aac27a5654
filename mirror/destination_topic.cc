#include "mirror/destination_topic.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/parse_number.h"
#include "net/retry.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Cluster;
using net::LogLevel;
using net::Result;
using net::TopicConfigs;

// What a topic created at the destination takes over from the source. Without the retention,
// records that are old when they arrive would be deleted at once.
constexpr std::array<std::string_view, 7> kCopiedConfigs = {
    "retention.ms",           "retention.bytes",  "cleanup.policy",     "max.message.bytes",
    "message.timestamp.type", "compression.type", "min.insync.replicas"};

// Brokers up to 2.4 take no more unless told otherwise; later ones a little more.
constexpr std::size_t kDefaultMessageBytes = 1'000'012;

std::string value_of(const TopicConfigs& configs, std::string_view key) {
  const auto found = configs.find(std::string(key));
  return found == configs.end() ? std::string() : found->second.value;
}

std::optional<std::int64_t> number_of(const TopicConfigs& configs, std::string_view key) {
  return parse_number<std::int64_t>(value_of(configs, key));
}

void check_retention(Cluster& destination, const std::string& source_name, const std::string& name,
                     const TopicConfigs& source, const TopicConfigs& here) {
  for (const std::string_view key : {"retention.ms", "retention.bytes"}) {
    const auto there = number_of(source, key);
    const auto kept = number_of(here, key);
    if (!there || !kept || *kept < 0 || (*there >= 0 && *there <= *kept)) continue;
    destination.runtime().log(
        LogLevel::kWarning,
        fmt::format("topic {}: the destination topic {} keeps less than the source ({}={} there, "
                    "{} here): old records may be deleted as soon as they arrive",
                    source_name, name, key, *there, *kept));
  }
}

void check_timestamps(Cluster& destination, const std::string& source_name, const std::string& name,
                      const TopicConfigs& source, const TopicConfigs& here) {
  const std::string there = value_of(source, "message.timestamp.type");
  const std::string kept = value_of(here, "message.timestamp.type");
  if (there.empty() || kept.empty() || there == kept) return;
  destination.runtime().log(
      LogLevel::kWarning,
      fmt::format("topic {}: message.timestamp.type is {} at the source and {} in the destination "
                  "topic {}: its readers may see other record times than those of the source",
                  source_name, there, kept, name));
}

// How many replicas the broker gives a topic of its default replication factor; 1 where it does not
// tell.
Awaitable<std::int64_t> default_replicas(Cluster& destination) {
  const auto& brokers = destination.metadata().brokers;
  if (brokers.empty()) co_return 1;
  const std::int32_t broker = brokers.begin()->first;
  const auto configs = co_await net::describe_broker_configs(destination, broker);
  if (!configs) co_return 1;
  co_return number_of(configs.value(), "default.replication.factor").value_or(1);
}

// A topic that asks for more replicas in sync than it has would refuse every record.
std::string capped_min_insync(Cluster& destination, const std::string& name, std::string value,
                              std::int64_t replicas) {
  const std::int64_t wanted = parse_number<std::int64_t>(value).value_or(0);
  if (wanted <= replicas) return value;
  destination.runtime().log(
      LogLevel::kWarning,
      fmt::format(
          "topic {}: min.insync.replicas is {} at the source; the topic has {} replica{} at "
          "the destination, so it becomes {} there (destination.replication.factor decides)",
          name, wanted, replicas, replicas == 1 ? "" : "s", replicas));
  return std::to_string(replicas);
}

Awaitable<Result<void>> create(Cluster& destination, const MirrorConfig& config,
                               const TopicConfigs& source, std::string name,
                               std::int32_t partitions) {
  std::int64_t replicas = config.destination_replication_factor.value_or(-1);
  if (replicas < 0) replicas = co_await default_replicas(destination);
  net::NewTopic topic;
  topic.name = name;
  topic.partitions = config.destination_partitions.value_or(partitions);
  topic.replication_factor = config.destination_replication_factor.value_or(std::int16_t{-1});
  for (const std::string_view key : kCopiedConfigs) {
    std::string value = value_of(source, key);
    if (value.empty()) continue;
    if (key == "min.insync.replicas") {
      value = capped_min_insync(destination, name, std::move(value), replicas);
    }
    topic.configs.emplace_back(std::string(key), std::move(value));
  }
  // The broker that was asked may not have heard of a topic that exists.
  const Result<void> created = co_await net::create_topic(destination, std::move(topic), true);
  co_return created;
}

// Brokers hear of a new topic, and of its leaders, one after the other.
Awaitable<Result<void>> find_or_create(Cluster& destination, const MirrorConfig& config,
                                       const Result<TopicConfigs>& source, std::string name,
                                       std::int32_t partitions) {
  net::Retry retry(destination);
  while (partitions_of(destination, name) == 0) {
    if (!destination.metadata().topics.contains(name)) {
      // Without the source's retention the copy could lose what arrives old: better none.
      if (!source) co_return source.error();
      const Result<void> created =
          co_await create(destination, config, source.value(), name, partitions);
      if (!created) co_return created;
      continue;
    }
    const net::Failure failure{
        .kind = net::FailureKind::kBroker,
        .text = fmt::format("the destination's metadata does not tell of topic `{}` yet", name),
        .code = protocol::ErrorCode::kLeaderNotAvailable};
    const bool again = co_await retry.after(failure);
    if (!again) co_return failure;
  }
  co_return Result<void>();
}

}  // namespace

std::int32_t partitions_of(const Cluster& cluster, const std::string& topic) {
  const auto found = cluster.metadata().topics.find(topic);
  return found == cluster.metadata().topics.end()
             ? 0
             : static_cast<std::int32_t>(found->second.partitions.size());
}

Awaitable<Result<DestinationTopic>> ensure_destination_topic(Cluster& source, Cluster& destination,
                                                             const MirrorConfig& config,
                                                             std::string source_name,
                                                             std::string name,
                                                             std::int32_t partitions) {
  destination.track(name);
  const Result<void> refreshed = co_await destination.refresh(name);
  if (!refreshed) co_return refreshed.error();
  const auto there = co_await net::describe_topic_configs(source, source_name);
  const Result<void> found = co_await find_or_create(destination, config, there, name, partitions);
  if (!found) co_return found.error();
  DestinationTopic topic{.partitions = partitions_of(destination, name)};
  const auto here = co_await net::describe_topic_configs(destination, name);
  if (there && here) {
    check_retention(destination, source_name, name, there.value(), here.value());
    check_timestamps(destination, source_name, name, there.value(), here.value());
  }
  const auto limit = here ? number_of(here.value(), "max.message.bytes") : std::nullopt;
  topic.message_bytes_max =
      limit && *limit > 0 ? static_cast<std::size_t>(*limit) : kDefaultMessageBytes;
  co_return topic;
}

}  // namespace kmirror::mirror
