#include "mirror/topology.h"

#include <fmt/core.h>

#include <algorithm>

#include "mirror/destination_topic.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Failure;
using net::FailureKind;
using net::LogLevel;
using net::Result;
using net::TopicPartition;

// How a lane's own batches stay below the destination's limit even where data does not compress.
constexpr std::size_t kBatchMargin = 50;  // one part in so many

constexpr std::size_t kBatchBytes = 1'000'000;

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

// Within one cluster the copies match the filter, too.
bool Topology::is_own_copy(std::string_view name) const {
  return !config_.topic_prefix.empty() && name.starts_with(config_.topic_prefix) &&
         shard_.source().metadata().cluster_id == shard_.destination().metadata().cluster_id;
}

Awaitable<Result<std::vector<LanePlan>>> Topology::plan_new_lanes() {
  const Result<void> refreshed = co_await shard_.source().refresh();
  if (!refreshed && first_look_) co_return refreshed.error();
  // Who reads from a broker that is away has said so; the next look comes soon.
  if (!refreshed) co_return std::vector<LanePlan>();
  const auto& topics = shard_.source().metadata().topics;
  std::erase_if(complaints_, [&](const auto& said) { return !topics.contains(said.first); });
  std::vector<Found> found;
  for (const auto& [name, info] : topics) {
    if (is_own_copy(name)) continue;
    const TopicMatch match = config_.topics.match(name);
    if (match == TopicMatch::kTooHard) {
      complain(name,
               fmt::format("matching it against \"{}\" takes too much work; simplify the regex",
                           config_.topics.pattern()));
    }
    if (match != TopicMatch::kYes) continue;
    const auto known = topics_.find(name);
    const auto partitions = static_cast<std::int32_t>(info.partitions.size());
    if (partitions > (known == topics_.end() ? 0 : known->second.lanes)) {
      found.push_back({name, info.id, partitions});
    }
  }
  std::vector<LanePlan> plans;
  for (const Found& topic : found) {
    if (stopping_) break;
    Result<std::vector<LanePlan>> planned = co_await plan_topic(topic);
    if (planned) {
      complaints_.erase(topic.name);
      std::move(planned.value().begin(), planned.value().end(), std::back_inserter(plans));
    } else if (!stopping_) {
      complain(topic.name, planned.error().text);
    }
  }
  first_look_ = false;
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

Awaitable<Result<std::vector<LanePlan>>> Topology::plan_topic(Found found) {
  auto known = topics_.find(found.name);
  std::vector<TopicPartition> wanted;
  for (std::int32_t p = known == topics_.end() ? 0 : known->second.lanes; p < found.partitions;
       ++p) {
    wanted.push_back({found.name, p});
  }
  auto committed = co_await shard_.offsets().fetch(wanted);
  if (!committed) co_return committed.error();
  if (known == topics_.end()) {
    Result<Topic> adopted = co_await adopt(found, &committed.value());
    if (!adopted) co_return adopted.error();
    known = topics_.emplace(found.name, std::move(adopted.value())).first;
  }
  const std::string& destination = known->second.destination;
  if (known->second.note.mode == LaneMode::kIdentity &&
      partitions_of(shard_.destination(), destination) < found.partitions) {
    const Result<void> grown =
        co_await net::create_partitions(shard_.destination(), destination, found.partitions);
    if (!grown) co_return grown.error();
    known->second.note.partitions = found.partitions;
    log(LogLevel::kInfo, fmt::format("topic {} has {} partitions; {} grew to as many at the "
                                     "destination",
                                     found.name, found.partitions, destination));
  }
  auto plans = co_await plan_lanes(found, &known->second, std::move(committed.value()));
  co_return plans;
}

Awaitable<Result<Topology::Topic>> Topology::adopt(
    Found found, const std::map<TopicPartition, Committed>* committed) {
  Topic topic{.note = {}, .destination = config_.topic_prefix + found.name};
  const auto ensured =
      co_await ensure_destination_topic(shard_.source(), shard_.destination(), config_, found.name,
                                        topic.destination, found.partitions);
  if (!ensured) co_return ensured.error();
  const DestinationTopic& there = ensured.value();
  topic.message_bytes_max = there.message_bytes_max;
  topic.note.partitions = there.partitions;
  topic.note.topic_id = found.id.is_zero() ? "" : found.id.to_string();
  std::optional<ProgressNote> recorded;
  for (const auto& [where, position] : *committed) {
    if (!recorded) recorded = parse_progress_note(position.metadata);
  }
  if (recorded && recorded->is_of_another(topic.note.topic_id)) recorded.reset();
  if (recorded && topic.note.topic_id.empty()) topic.note.topic_id = recorded->topic_id;
  const Result<LaneMode> mode = choose_mode(found, there, recorded);
  if (!mode) co_return mode.error();
  topic.note.mode = mode.value();
  if (topic.note.mode == LaneMode::kKey && recorded && recorded->partitions < there.partitions) {
    // Keys stay where they were; the new partitions get nothing from this mirror.
    topic.note.partitions = recorded->partitions;
    log(LogLevel::kWarning,
        fmt::format(
            "topic {}: the destination grew from {} to {} partitions since mirroring began; "
            "keys stay in the first {}",
            found.name, recorded->partitions, there.partitions, recorded->partitions));
  }
  log(LogLevel::kInfo, fmt::format("topic {} -> {}: {} -> {} partitions, partitioning={}",
                                   found.name, topic.destination, found.partitions,
                                   topic.note.partitions, mode_name(topic.note.mode)));
  co_return topic;
}

Result<LaneMode> Topology::choose_mode(const Found& found, const DestinationTopic& there,
                                       const std::optional<ProgressNote>& recorded) const {
  const LaneMode asked =
      config_.partitioning == Partitioning::kKey ? LaneMode::kKey : LaneMode::kIdentity;
  if (config_.partitioning == Partitioning::kAuto) {
    if (recorded) return recorded->mode;
    return found.partitions == there.partitions ? LaneMode::kIdentity : LaneMode::kKey;
  }
  if (recorded && recorded->mode != asked) {
    return Failure{
        .kind = FailureKind::kRefused,
        .text = fmt::format("it has been mirrored with partitioning={} so far, which cannot change "
                            "under way; use that, or another group.id to begin again",
                            mode_name(recorded->mode))};
  }
  return asked;
}

// A topic created again, one that appeared under way, and a partition that was added are mirrored
// from their beginning, whatever auto.offset.reset says of what was there before.
Awaitable<Result<Topology::Starts>> Topology::find_starts(
    Found found, const Topic* topic, std::map<TopicPartition, Committed> committed) {
  const bool appeared = !first_look_;
  Starts starts;
  std::vector<TopicPartition> from_beginning;
  std::vector<TopicPartition> from_reset;
  for (std::int32_t p = topic->lanes; p < found.partitions; ++p) {
    const TopicPartition where{found.name, p};
    const auto position = committed.find(where);
    const auto old = old_offsets_.find(where);
    const auto note =
        position == committed.end() ? std::nullopt : parse_progress_note(position->second.metadata);
    if (note && note->is_of_another(topic->note.topic_id)) {
      log(LogLevel::kWarning,
          fmt::format("topic {} partition {}: the topic was created again at the source since "
                      "offset {} was committed; the new one is mirrored from its beginning",
                      found.name, p, position->second.offset));
      from_beginning.push_back(where);
    } else if (position != committed.end()) {
      starts[where] = {position->second.offset, position->second.leader_epoch};
    } else if (old != old_offsets_.end()) {
      starts[where] = {old->second, -1};
    } else {
      (appeared ? from_beginning : from_reset).push_back(where);
    }
  }
  if (config_.source.auto_offset_reset == OffsetReset::kNone && !from_reset.empty()) {
    co_return Failure{.kind = FailureKind::kRefused,
                      .text = fmt::format("group {} has no position for partition {} and "
                                          "auto.offset.reset is none",
                                          config_.source.group_id, from_reset.front().partition)};
  }
  if (config_.source.auto_offset_reset == OffsetReset::kEarliest) {
    from_beginning.insert(from_beginning.end(), from_reset.begin(), from_reset.end());
    from_reset.clear();
  }
  const auto earliest = co_await net::list_offsets(shard_.source(), from_beginning,
                                                   net::OffsetSpec::kEarliest, false);
  if (!earliest) co_return earliest.error();
  for (const auto& [where, offset] : earliest.value()) starts[where] = {offset.offset, -1};
  const auto latest =
      co_await net::list_offsets(shard_.source(), from_reset, net::OffsetSpec::kLatest, false);
  if (!latest) co_return latest.error();
  for (const auto& [where, offset] : latest.value()) starts[where] = {offset.offset, -1};
  co_return starts;
}

Awaitable<Result<std::vector<LanePlan>>> Topology::plan_lanes(
    Found found, Topic* topic, std::map<TopicPartition, Committed> committed) {
  const Result<Starts> starts = co_await find_starts(found, topic, std::move(committed));
  if (!starts) co_return starts.error();
  net::ListedOffsets ends;
  if (config_.until_end) {
    std::vector<TopicPartition> all;
    for (const auto& [where, start] : starts.value()) all.push_back(where);
    auto listed = co_await net::list_offsets(shard_.source(), all, net::OffsetSpec::kLatest,
                                             config_.source.read_committed);
    if (!listed) co_return listed.error();
    ends = std::move(listed.value());
  }
  const std::size_t limit = topic->message_bytes_max;
  std::vector<LanePlan> plans;
  for (const auto& [where, start] : starts.value()) {
    LanePlan plan{.topic_id = found.id, .start = start, .metadata = to_string(topic->note)};
    plan.lane = {.topic = found.name,
                 .partition = where.partition,
                 .destination_topic = topic->destination,
                 .mode = topic->note.mode,
                 .destination_partitions = topic->note.partitions,
                 .codec = config_.destination.codec,
                 .compression_level = config_.destination.compression_level,
                 .message_bytes_max = limit,
                 .batch_bytes_max = std::min(kBatchBytes, limit - limit / kBatchMargin),
                 .payload_bytes_max = config_.batch_memory_bytes,
                 .credit_bytes = static_cast<std::size_t>(config_.source.max_partition_fetch_bytes),
                 .coalesce = config_.coalesce};
    if (config_.until_end) plan.end = ends[where].offset;
    plans.push_back(std::move(plan));
  }
  topic->lanes = found.partitions;
  co_return plans;
}

}  // namespace kmirror::mirror
