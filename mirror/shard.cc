#include "mirror/shard.h"

#include <fmt/core.h>

#include <algorithm>

#include "mirror/blocked_loop.h"
#include "mirror/commit_loop.h"
#include "mirror/fetch_loop.h"
#include "mirror/produce_loop.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Failure;
using net::LogLevel;
using net::Result;
using protocol::ErrorCode;

// How long a topic may be missing from metadata before it counts as deleted.
constexpr auto kGoneAfter = std::chrono::seconds(10);

net::ClusterSettings cluster_settings(std::string name, const ClientConfig& client,
                                      std::string client_id) {
  return {.name = std::move(name),
          .bootstrap = client.bootstrap_servers,
          .client_id = std::move(client_id),
          .request_timeout = client.request_timeout,
          .connect_timeout = client.connect_timeout,
          .metadata_max_age = client.metadata_max_age,
          .back_off_first = client.retry_backoff,
          .back_off_longest = client.retry_backoff_max,
          .reconnect_first = client.reconnect_backoff,
          .reconnect_longest = client.reconnect_backoff_max};
}

// MirrorMaker's streams call themselves <group.id>-<N>, and quotas may be set for these names.
std::string stream_client_id(const MirrorConfig& config, int shard) {
  return fmt::format("{}-{}", config.source.group_id, shard % config.num_streams);
}

}  // namespace

Shard::Shard(net::Runtime& runtime, const MirrorConfig& config, int index, std::size_t budget_bytes)
    : runtime_(runtime),
      config_(config),
      source_(runtime,
              cluster_settings("source", config.source.client, stream_client_id(config, index))),
      destination_(runtime, cluster_settings("destination", config.destination.client,
                                             config.destination.client.client_id)),
      offsets_(source_, config.source.group_id),
      budget_(budget_bytes, source_.slabs()),
      blocked_loop_(std::make_unique<BlockedLoop>(*this)),
      commit_loop_(std::make_unique<CommitLoop>(*this)),
      tasks_(runtime),
      drained_(runtime) {
  source_.on_metadata = [this] { on_source_metadata(); };
  destination_.on_metadata = [this] { on_destination_metadata(); };
}

Shard::~Shard() = default;

Awaitable<Result<void>> Shard::start(TimePoint deadline) {
  const Result<void> source = co_await source_.start(deadline);
  if (!source) co_return source;
  const Result<void> destination = co_await destination_.start(deadline);
  if (!destination) co_return destination;
  const Result<ProducerTerms> terms =
      co_await find_producer_terms(destination_, config_.destination, deadline);
  if (!terms) co_return terms.error();
  terms_ = terms.value();
  tasks_.spawn(commit_loop_->run());
  tasks_.spawn(blocked_loop_->run());
  co_return Result<void>();
}

void Shard::interrupt() {
  source_.interrupt();
  destination_.interrupt();
}

Awaitable<Result<void>> Shard::add_lanes(std::vector<LanePlan> plans) {
  for (LanePlan& plan : plans) add_lane(std::move(plan));
  // Before data flows, because a group that others use refuses it.
  const Result<void> committed = co_await commit(false);
  if (!committed) {
    source_.request_refresh();
    destination_.request_refresh();
    co_return committed;
  }
  const Result<void> source = co_await source_.refresh();
  if (!source) co_return source;
  const Result<void> destination = co_await destination_.refresh();
  co_return destination;
}

void Shard::add_lane(LanePlan plan) {
  plan.lane.number = slots_.size();
  plan.lane.zstd_allowed = terms_.zstd_allowed;
  source_.track(plan.lane.topic);
  destination_.track(plan.lane.destination_topic);
  index_.add(plan.lane.topic, plan.topic_id, plan.lane.partition, plan.lane.number);
  Slot& slot = *slots_.emplace_back(
      std::make_unique<Slot>(Slot{.lane = Lane(plan.lane, plan.start, counters_, budget_),
                                  .topic_id = plan.topic_id,
                                  .metadata = std::move(plan.metadata),
                                  .back_off = source_.make_back_off()}));
  if (plan.end) slot.lane.set_end(*plan.end);
  const bool by_key = plan.lane.mode == LaneMode::kKey;
  const std::int32_t first = by_key ? 0 : plan.lane.partition;
  const std::int32_t last = by_key ? plan.lane.destination_partitions : plan.lane.partition + 1;
  for (std::int32_t partition = first; partition < last; ++partition) {
    Target& to = target(plan.lane.destination_topic, partition);
    slot.targets.push_back(&to);
    to.slots.push_back(&slot);
    slot.blocked_targets += to.blocked ? 1 : 0;
  }
  slot.lane.set_blocked(slot.blocked_targets > 0);
}

Target& Shard::target(const std::string& topic, std::int32_t partition) {
  const net::TopicPartition where{topic, partition};
  auto& target = targets_[where];
  if (!target) {
    const ClientConfig& client = config_.destination.client;
    const ProduceWindow::Settings settings{.in_flight_max = terms_.in_flight_max,
                                           .back_off_first = client.retry_backoff,
                                           .back_off_longest = client.retry_backoff_max};
    target = std::make_unique<Target>(where, settings, terms_.producer, &batch_memory_);
  }
  return *target;
}

void Shard::note_since(std::optional<TimePoint>& since, bool is_so) const {
  if (!is_so) since.reset();
  if (is_so && !since) since = runtime_.now();
}

// A broker that lags behind may not know a topic for a while; one that is gone stays away.
bool Shard::is_gone(std::optional<TimePoint>& missing_since, bool missing) const {
  note_since(missing_since, missing);
  return missing && runtime_.now() - *missing_since >= kGoneAfter;
}

void Shard::on_source_metadata() {
  if (closing_) return;
  bool leaderless = false;
  for (const auto& slot : slots_) {
    if (slot->lane.stopped()) continue;
    const auto topic = source_.metadata().topics.find(slot->lane.settings().topic);
    const bool missing = topic == source_.metadata().topics.end();
    if (is_gone(slot->missing_since, missing)) {
      stop_lane(*slot, slot->lane.name() + ": the topic was deleted at the source");
      continue;
    }
    // While brokers are upgraded, old ones among them answer without ids.
    const protocol::Uuid id = missing ? protocol::Uuid{} : topic->second.id;
    if (id != slot->topic_id && !id.is_zero() && !slot->topic_id.is_zero()) {
      stop_lane(*slot, slot->lane.name() +
                           ": the topic was deleted and created again at the source; start kmirror "
                           "again to mirror the new one from its beginning");
      continue;
    }
    follow_leader(*slot);
    leaderless |= slot->leader < 0;
  }
  if (leaderless) source_.request_refresh();
  wake_fetch_loops();
}

// A broker's loop runs from when it first leads something.
template <class Loop>
Loop& Shard::loop_of(std::map<std::int32_t, std::unique_ptr<Loop>>& loops, std::int32_t broker) {
  auto& loop = loops[broker];
  if (!loop) {
    loop = std::make_unique<Loop>(*this, broker);
    tasks_.spawn(loop->run());
  }
  return *loop;
}

void Shard::follow_leader(Slot& slot) {
  const Lane::Settings& lane = slot.lane.settings();
  const net::PartitionInfo* info = source_.metadata().find(lane.topic, lane.partition);
  const net::PartitionInfo now = info == nullptr ? net::PartitionInfo() : *info;
  if (now.leader < 0) slot.refusal.on_leaderless();
  if (slot.leader == now.leader && slot.leader_epoch == now.leader_epoch) return;
  slot.leader = now.leader;
  slot.leader_epoch = now.leader_epoch;
  slot.leader_loop = now.leader < 0 ? nullptr : &loop_of(fetch_loops_, now.leader);
  slot.touched = false;  // for the loop that it has now
  slot.look_at = {};
  if (slot.reader != nullptr && slot.reader != slot.leader_loop) slot.reader->release(slot);
  touch(slot);
}

void Shard::on_destination_metadata() {
  if (closing_) return;
  bool leaderless = false;
  for (const auto& [where, target] : targets_) {
    const net::Metadata& metadata = destination_.metadata();
    if (is_gone(target->missing_since, metadata.is_missing(where.topic, where.partition))) {
      note_since(target->leaderless_since, false);
      stop_lanes_to(*target);
      continue;
    }
    follow_leader(*target);
    note_since(target->leaderless_since, target->leader < 0);
    leaderless |= target->leader < 0;
  }
  if (leaderless) destination_.request_refresh();
}

void Shard::follow_leader(Target& target) {
  const net::TopicPartition& where = target.where;
  const std::int32_t leader = destination_.metadata().leader_of(where.topic, where.partition);
  if (leader < 0) target.refusal.on_leaderless();
  if (target.leader == leader) return;
  target.leader = leader;
  target.leader_loop = leader < 0 ? nullptr : &loop_of(produce_loops_, leader);
  target.in_line = false;  // of the loop that it has now
  target.try_at = {};
  target.tail_loop = nullptr;
  look_at(target);
}

void Shard::on_destination_outage(std::int32_t broker, const net::Failure& failure) {
  destination_.report_outage(broker, failure);
  destination_.request_refresh();
  for (const auto& [where, target] : targets_) {
    if (target->leader < 0 || target->leader == broker) target->refusal.on_leaderless();
  }
}

void Shard::stop_lanes_to(Target& target) {
  for (Slot* slot : target.slots) {
    target.window.drop_lane(&slot->lane);
    look_at(target);
    stop_lane(*slot, fmt::format("{}: destination topic {} was deleted, or lost partition {}",
                                 slot->lane.name(), target.where.topic, target.where.partition));
  }
  on_room();
}

void Shard::touch(Slot& slot) {
  if (slot.leader_loop != nullptr) slot.leader_loop->touch(slot);
}

void Shard::look_at(Target& target) {
  if (target.leader_loop != nullptr) target.leader_loop->look_at(target);
}

void Shard::pump(Slot& slot) {
  if (!slot.lane.has_backlog()) return;
  std::vector<Lane::Routed> routed = slot.lane.pump();
  for (Lane::Routed& item : routed) {
    const bool by_key = slot.lane.settings().mode == LaneMode::kKey;
    Target& target = *slot.targets[by_key ? item.partition : 0];
    target.window.push(std::move(item.batch), runtime_.now());
    blocked_loop_->watch(target);
    look_at(target);
  }
  if (slot.lane.has_backlog() && !std::exchange(slot.backlogged, true)) backlogs_.push_back(&slot);
  if (slot.lane.stopped()) stop_lane(slot, slot.lane.stop_reason());
  touch(slot);
}

void Shard::take_acknowledged(Target& target) {
  const std::pmr::list<OutgoingBatch> batches = target.window.take_done();
  const ProduceLoop* loop = target.leader_loop;
  for (const OutgoingBatch& batch : batches) {
    batch.lane->on_acknowledged(batch);
    batch.lane->set_sendable(
        loop == nullptr ? 0 : std::min(loop->depth_bytes(), budget_.lane_bytes_max()));
    touch(slot_of(*batch.lane));
  }
  if (!batches.empty()) blocked_loop_->on_acknowledged(target);
}

void Shard::on_room() {
  pump_backlogs();
  wake_fetch_loops();
  drained_.notify();
}

// They take turns, as far as there is room.
void Shard::pump_backlogs() {
  for (std::size_t left = backlogs_.size(); left > 0 && budget_.build_bytes() > 0; --left) {
    Slot& slot = *backlogs_.front();
    backlogs_.pop_front();
    slot.backlogged = false;
    pump(slot);
  }
}

void Shard::refuse(Target& target, const Lane& lane, std::string reason) {
  target.window.drop_lane(&lane);
  stop_lane(slot_of(lane), std::move(reason));
}

void Shard::stop_lane(Slot& slot, std::string reason) {
  slot.lane.stop(std::move(reason));
  touch(slot);
  if (std::exchange(slot.stop_reported, true)) return;
  runtime_.log(LogLevel::kError, slot.lane.stop_reason() + "; this partition is stopped");
  drained_.notify();
}

void Shard::stop_fetching() {
  fetching_ = false;
  wake_fetch_loops();
}

Awaitable<bool> Shard::drain(TimePoint deadline) {
  const auto busy = [this] {
    return std::any_of(slots_.begin(), slots_.end(),
                       [](const auto& slot) { return slot->lane.has_backlog(); }) ||
           std::any_of(targets_.begin(), targets_.end(),
                       [](const auto& entry) { return !entry.second->window.idle(); });
  };
  while (busy() && runtime_.now() < deadline) co_await drained_.wait(deadline);
  co_return !busy();
}

Awaitable<Result<void>> Shard::commit(bool all) {
  return commit_loop_->commit(all);
}

Awaitable<void> Shard::close() {
  closing_ = true;
  fetching_ = false;
  commit_loop_->wake();
  blocked_loop_->wake();
  wake_fetch_loops();
  for (auto& [broker, loop] : produce_loops_) loop->wake();
  co_await source_.stop();
  co_await destination_.stop();
  co_await tasks_.join();
}

void Shard::wake_fetch_loops() {
  for (auto& [broker, loop] : fetch_loops_) loop->wake();
}

ShardReport Shard::report() const {
  ShardReport report{.counters = counters_, .lanes = slots_.size()};
  for (const auto& slot : slots_) {
    report.lag += slot->lane.lag();
    if (slot->lane.reached_end() || slot->lane.stopped()) ++report.ended_lanes;
    if (slot->lane.stopped()) report.stop_reasons.push_back(slot->lane.stop_reason());
  }
  return report;
}

}  // namespace kmirror::mirror
