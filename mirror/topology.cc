#include "mirror/topology.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Failure;
using net::FailureKind;
using net::LogLevel;
using net::Result;
using net::TopicConfigs;
using net::TopicPartition;

// What a topic created at the destination takes over from the source. Without the retention,
// records that are old when they arrive would be deleted at once.
constexpr std::array<std::string_view, 7> kCopiedConfigs = {
    "retention.ms",           "retention.bytes",  "cleanup.policy",     "max.message.bytes",
    "message.timestamp.type", "compression.type", "min.insync.replicas"};

constexpr std::size_t kDefaultBatchBytes = 1'000'000;

std::string value_of(const TopicConfigs& configs, std::string_view key) {
  const auto found = configs.find(std::string(key));
  return found == configs.end() ? std::string() : found->second.value;
}

std::optional<std::int64_t> number_of(const TopicConfigs& configs, std::string_view key) {
  const std::string text = value_of(configs, key);
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

Topology::Topology(Shard& shard, const MirrorConfig& config) : shard_(shard), config_(config) {
  shard_.source().track_all();
}

void Topology::set_old_offsets(std::map<TopicPartition, std::int64_t> offsets) {
  old_offsets_ = std::move(offsets);
}

void Topology::log(LogLevel level, std::string text) const {
  shard_.runtime().log(level, text);
}

std::int32_t Topology::partitions_of(net::Cluster& cluster, const std::string& topic) const {
  const auto found = cluster.metadata().topics.find(topic);
  return found == cluster.metadata().topics.end()
             ? 0
             : static_cast<std::int32_t>(found->second.partitions.size());
}

Awaitable<Result<std::vector<LanePlan>>> Topology::plan_new_lanes() {
  const Result<void> refreshed = co_await shard_.source().refresh();
  if (!refreshed) co_return refreshed.error();
  std::vector<std::string> names;
  for (const auto& [name, info] : shard_.source().metadata().topics) {
    const TopicMatch match = config_.topics.match(name);
    if (match == TopicMatch::kTooHard) {
      complain(name,
               fmt::format("matching it against \"{}\" takes too much work; simplify the regex",
                           config_.topics.pattern()));
    }
    if (match != TopicMatch::kYes) continue;
    const auto known = topics_.find(name);
    const auto partitions = static_cast<std::int32_t>(info.partitions.size());
    if (known == topics_.end() || known->second.lanes < partitions) names.push_back(name);
  }
  std::vector<LanePlan> plans;
  for (const std::string& name : names) {
    Result<std::vector<LanePlan>> planned = co_await plan_topic(name);
    if (planned) {
      complaints_.erase(name);
      std::move(planned.value().begin(), planned.value().end(), std::back_inserter(plans));
    } else {
      complain(name, planned.error().text);
    }
  }
  co_return plans;
}

// Said once, and again when the reason changes.
void Topology::complain(const std::string& topic, const std::string& text) {
  if (std::exchange(complaints_[topic], text) == text) return;
  log(LogLevel::kError, fmt::format("topic {} is not mirrored: {}", topic, text));
}

std::vector<std::string> Topology::complaints() const {
  std::vector<std::string> texts;
  for (const auto& [topic, text] : complaints_) {
    texts.push_back(fmt::format("topic {} is not mirrored: {}", topic, text));
  }
  return texts;
}

Awaitable<Result<std::vector<LanePlan>>> Topology::plan_topic(std::string name) {
  const std::int32_t partitions = partitions_of(shard_.source(), name);
  auto known = topics_.find(name);
  std::vector<TopicPartition> wanted;
  for (std::int32_t p = known == topics_.end() ? 0 : known->second.lanes; p < partitions; ++p) {
    wanted.push_back({name, p});
  }
  auto committed = co_await shard_.offsets().fetch(wanted);
  if (!committed) co_return committed.error();
  if (known == topics_.end()) {
    Result<Topic> adopted = co_await adopt(name, &committed.value());
    if (!adopted) co_return adopted.error();
    known = topics_.emplace(name, std::move(adopted.value())).first;
  } else if (known->second.note.mode == LaneMode::kIdentity) {
    const Result<void> grown = co_await net::create_partitions(
        shard_.destination(), known->second.destination, partitions);
    if (!grown) co_return grown.error();
    log(LogLevel::kInfo, fmt::format("topic {} grew to {} partitions; so did {} at the destination",
                                     name, partitions, known->second.destination));
  }
  auto plans = co_await plan_lanes(name, &known->second, std::move(committed.value()));
  co_return plans;
}

Awaitable<Result<Topology::Topic>> Topology::adopt(
    std::string name, const std::map<TopicPartition, Committed>* committed) {
  Topic topic{.note = {}, .destination = config_.topic_prefix + name};
  const Result<bool> created = co_await ensure_destination(name, topic.destination);
  if (!created) co_return created.error();
  std::optional<ProgressNote> recorded;
  for (const auto& [where, position] : *committed) {
    if (!recorded) recorded = parse_progress_note(position.metadata);
  }
  const std::int32_t source_partitions = partitions_of(shard_.source(), name);
  const std::int32_t partitions = partitions_of(shard_.destination(), topic.destination);
  const protocol::Uuid id = shard_.source().metadata().topics.find(name)->second.id;
  topic.note.topic_id = id.is_zero() ? "" : id.to_string();
  const Result<LaneMode> chosen = choose_mode(name, source_partitions, partitions, created.value());
  if (recorded && (recorded->topic_id.empty() || recorded->topic_id == topic.note.topic_id)) {
    topic.note.mode = recorded->mode;
    const bool asked = config_.partitioning != Partitioning::kAuto;
    if (asked && (!chosen || chosen.value() != recorded->mode)) {
      co_return Failure{.kind = FailureKind::kUnsupported,
                        .text = fmt::format(
                            "it has been mirrored with partitioning={} so far, which cannot change "
                            "under way; use that, or another group.id to begin again",
                            mode_name(recorded->mode))};
    }
  } else {
    if (!chosen) co_return chosen.error();
    topic.note.mode = chosen.value();
  }
  topic.note.partitions = partitions;
  if (topic.note.mode == LaneMode::kKey && recorded && recorded->partitions < partitions) {
    // Keys stay where they were; the new partitions get nothing from this mirror.
    topic.note.partitions = recorded->partitions;
    log(LogLevel::kWarning,
        fmt::format(
            "topic {}: the destination grew from {} to {} partitions since mirroring began; "
            "keys stay in the first {}",
            name, recorded->partitions, partitions, recorded->partitions));
  }
  if (topic.note.mode == LaneMode::kIdentity && partitions < source_partitions) {
    const Result<void> grown =
        co_await net::create_partitions(shard_.destination(), topic.destination, source_partitions);
    if (!grown) co_return grown.error();
    topic.note.partitions = source_partitions;
  }
  const auto configs =
      co_await net::describe_topic_configs(shard_.destination(), topic.destination);
  topic.batch_bytes_max = kDefaultBatchBytes;
  if (configs) {
    const auto limit = number_of(configs.value(), "max.message.bytes");
    if (limit && *limit > 0) {
      topic.batch_bytes_max = std::min<std::size_t>(kDefaultBatchBytes, *limit);
    }
  }
  log(LogLevel::kInfo,
      fmt::format("topic {} -> {}: {} -> {} partitions, partitioning={}", name, topic.destination,
                  source_partitions, topic.note.partitions, mode_name(topic.note.mode)));
  co_return topic;
}

Result<LaneMode> Topology::choose_mode(const std::string& name, std::int32_t source_partitions,
                                       std::int32_t destination_partitions, bool created) const {
  switch (config_.partitioning) {
    case Partitioning::kIdentity:
      if (created && config_.destination_partitions &&
          *config_.destination_partitions < source_partitions) {
        return Failure{.kind = FailureKind::kUnsupported,
                       .text = fmt::format("partitioning=identity needs {} partitions for topic {}",
                                           source_partitions, name)};
      }
      return LaneMode::kIdentity;
    case Partitioning::kKey:
      return LaneMode::kKey;
    case Partitioning::kAuto:
      break;
  }
  return source_partitions == destination_partitions ? LaneMode::kIdentity : LaneMode::kKey;
}

// Returns whether the topic was created just now.
Awaitable<Result<bool>> Topology::ensure_destination(std::string name, std::string destination) {
  shard_.destination().track(destination);
  const Result<void> refreshed = co_await shard_.destination().refresh();
  if (!refreshed) co_return refreshed.error();
  auto source_configs = co_await net::describe_topic_configs(shard_.source(), name);
  if (!source_configs) co_return source_configs.error();
  if (partitions_of(shard_.destination(), destination) > 0) {
    const auto here = co_await net::describe_topic_configs(shard_.destination(), destination);
    if (here) check_existing(name, destination, source_configs.value(), here.value());
    co_return false;
  }
  net::NewTopic topic{.name = destination};
  topic.partitions = config_.destination_partitions.value_or(partitions_of(shard_.source(), name));
  if (config_.destination_replication_factor) {
    topic.replication_factor = *config_.destination_replication_factor;
  }
  for (const std::string_view key : kCopiedConfigs) {
    std::string value = value_of(source_configs.value(), key);
    if (value.empty()) continue;
    const auto brokers = static_cast<std::int64_t>(shard_.destination().metadata().brokers.size());
    if (key == "min.insync.replicas" &&
        number_of(source_configs.value(), key).value_or(1) > brokers) {
      log(LogLevel::kWarning,
          fmt::format("topic {}: min.insync.replicas is {} at the source; the destination has {} "
                      "brokers, so it becomes {} there",
                      destination, value, brokers, brokers));
      value = std::to_string(brokers);
    }
    topic.configs.emplace_back(std::string(key), std::move(value));
  }
  const Result<void> created =
      co_await net::create_topic(shard_.destination(), std::move(topic), false);
  if (!created) co_return created.error();
  co_return true;
}

void Topology::check_existing(const std::string& name, const std::string& destination,
                              const TopicConfigs& source, const TopicConfigs& here) {
  for (const std::string_view key : {"retention.ms", "retention.bytes"}) {
    const auto there = number_of(source, key);
    const auto kept = number_of(here, key);
    if (!there || !kept || *kept < 0 || (*there >= 0 && *there <= *kept)) continue;
    log(LogLevel::kWarning,
        fmt::format(
            "topic {}: the destination topic {} keeps less than the source ({}={} there, {} "
            "here): old records may be deleted as soon as they arrive",
            name, destination, key, *there, *kept));
  }
}

Awaitable<Result<std::vector<LanePlan>>> Topology::plan_lanes(
    std::string name, Topic* topic, std::map<TopicPartition, Committed> committed) {
  const std::int32_t partitions = partitions_of(shard_.source(), name);
  const protocol::Uuid id = shard_.source().metadata().topics.find(name)->second.id;
  std::vector<TopicPartition> all;
  std::vector<TopicPartition> fresh;
  std::map<TopicPartition, Position> starts;
  for (std::int32_t p = topic->lanes; p < partitions; ++p) {
    const TopicPartition where{name, p};
    all.push_back(where);
    const auto position = committed.find(where);
    const auto old = old_offsets_.find(where);
    const bool has_position = position != committed.end();
    const auto note = has_position ? parse_progress_note(position->second.metadata) : std::nullopt;
    if (note && !note->topic_id.empty() && note->topic_id != topic->note.topic_id) {
      log(LogLevel::kWarning,
          fmt::format("{} partition {}: the topic was created again at the source since offset {} "
                      "was committed; the new one is mirrored from its beginning",
                      name, p, position->second.offset));
      fresh.push_back(where);
    } else if (has_position) {
      starts[where] = {position->second.offset, position->second.leader_epoch};
    } else if (old != old_offsets_.end()) {
      starts[where] = {old->second, -1};
    } else {
      fresh.push_back(where);
    }
  }
  if (!fresh.empty()) {
    if (config_.source.auto_offset_reset == OffsetReset::kNone) {
      co_return Failure{.kind = FailureKind::kUnsupported,
                        .text = fmt::format("group {} has no position for partition {} and "
                                            "auto.offset.reset is none",
                                            config_.source.group_id, fresh.front().partition)};
    }
    const bool latest = config_.source.auto_offset_reset == OffsetReset::kLatest;
    const auto spec = latest ? net::OffsetSpec::kLatest : net::OffsetSpec::kEarliest;
    const auto listed = co_await net::list_offsets(shard_.source(), fresh, spec, false);
    if (!listed) co_return listed.error();
    for (const auto& [where, offset] : listed.value()) starts[where] = {offset.offset, -1};
  }
  std::map<TopicPartition, net::ListedOffset> ends;
  if (config_.until_end) {
    auto listed = co_await net::list_offsets(shard_.source(), all, net::OffsetSpec::kLatest,
                                             config_.source.read_committed);
    if (!listed) co_return listed.error();
    ends = std::move(listed.value());
  }
  std::vector<LanePlan> plans;
  for (const TopicPartition& where : all) {
    LanePlan plan{.topic_id = id, .start = starts[where], .metadata = to_string(topic->note)};
    plan.lane = {
        .topic = name,
        .partition = where.partition,
        .destination_topic = topic->destination,
        .mode = topic->note.mode,
        .destination_partitions = topic->note.partitions,
        .codec = config_.destination.codec,
        .compression_level = config_.destination.compression_level,
        .batch_bytes_max = topic->batch_bytes_max,
        .credit_bytes = static_cast<std::size_t>(config_.source.max_partition_fetch_bytes)};
    if (config_.until_end) plan.end = ends[where].offset;
    plans.push_back(std::move(plan));
  }
  topic->lanes = partitions;
  co_return plans;
}

}  // namespace kmirror::mirror
