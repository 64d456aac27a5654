#include "broker/cluster.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "broker/core/compaction.h"
#include "broker/groups.h"
#include "broker/transactions.h"

namespace kmirror::broker {

using net::Awaitable;
using net::Result;

Cluster::Cluster(ClusterSettings settings)
    : versions(offered_versions(settings.release)),
      settings_(std::move(settings)),
      random_(settings_.nodes.at(0).runtime->random().split("cluster " + settings_.cluster_id)),
      clock_(*settings_.nodes.at(0).runtime),
      tasks_(*settings_.nodes.at(0).runtime) {
  for (const NodeSettings& node : settings_.nodes) {
    nodes_.push_back(std::make_unique<Node>(*this, node));
  }
  groups_ = std::make_unique<Groups>(*this);
  transactions_ = std::make_unique<Transactions>(*this);
}

Cluster::~Cluster() = default;

Result<void> Cluster::start() {
  for (const auto& node : nodes_) {
    Result<void> started = node->start();
    if (!started) return started;
  }
  next_sweep_ = now() + settings_.producer_id_sweep_interval;
  tasks_.spawn(clock_loop());
  return {};
}

Awaitable<void> Cluster::stop() {
  stopping_ = true;
  for (const auto& node : nodes_) node->stop();
  clock_.notify();
  for (const auto& node : nodes_) co_await node->join();
  co_await tasks_.join();
}

std::string Cluster::bootstrap_servers() const {
  std::string servers;
  for (const auto& node : nodes_) {
    servers += fmt::format("{}{}:{}", servers.empty() ? "" : ",", node->host(), node->port());
  }
  return servers;
}

Node* Cluster::find_node(std::int32_t id) {
  const auto found = std::ranges::find(nodes_, id, [](const auto& node) { return node->id(); });
  return found == nodes_.end() ? nullptr : found->get();
}

std::vector<std::int32_t> Cluster::running_nodes() const {
  std::vector<std::int32_t> ids;
  for (const auto& node : nodes_) {
    if (node->is_running()) ids.push_back(node->id());
  }
  return ids;
}

std::int32_t Cluster::controller() const {
  const auto running = running_nodes();
  return running.empty() ? -1 : *std::ranges::min_element(running);
}

std::int32_t Cluster::coordinator_of(std::string_view key) const {
  const std::uint64_t hash = Random(0).split(key).next();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = *nodes_[(hash + i) % nodes_.size()];
    if (node.is_running()) return node.id();
  }
  return -1;
}

TimePoint Cluster::now() const {
  return nodes_.front()->runtime().now();
}

std::int64_t Cluster::wall_clock_ms() const {
  return nodes_.front()->runtime().wall_clock_ms();
}

Partition::Leadership Cluster::leadership_at(const Node& node, const Partition& partition) const {
  return partition.leadership(node.id(), now(), settings_.metadata_delay);
}

void Cluster::stop_node(std::int32_t id) {
  Node* const node = find_node(id);
  KM_CHECK(node != nullptr, "only nodes of the cluster are stopped");
  node->stop();
  groups_->on_nodes_changed();
  for_each_partition([this, id](Partition& partition) {
    if (partition.leader() != id) {
      partition.set_in_sync(id, false);
      return;
    }
    const std::int32_t next = eligible_leader(partition);
    partition.elect(next, now());
    if (next >= 0) partition.set_in_sync(id, false);
  });
}

std::int32_t Cluster::eligible_leader(const Partition& partition) {
  const auto& replicas = partition.replicas();
  const auto found = std::ranges::find_if(replicas, [this, &partition](std::int32_t replica) {
    return find_node(replica)->is_running() && partition.in_sync().contains(replica);
  });
  return found == replicas.end() ? -1 : *found;
}

Result<void> Cluster::start_node(std::int32_t id) {
  Node* const node = find_node(id);
  KM_CHECK(node != nullptr, "only nodes of the cluster are started");
  Result<void> started = node->start();
  if (!started) return started;
  groups_->on_nodes_changed();
  for_each_partition([this, id](Partition& partition) {
    if (std::ranges::find(partition.replicas(), id) == partition.replicas().end()) return;
    if (partition.leader() >= 0) return catch_up(partition);
    const std::int32_t next = eligible_leader(partition);
    if (next < 0) return;
    partition.log.reload_producers(expired_ms());
    partition.elect(next, now());
  });
  return started;
}

void Cluster::move_leader(Partition& partition, std::int32_t node) {
  partition.elect(node, now());
  catch_up(partition);
}

void Cluster::on_appended(const std::shared_ptr<Partition>& partition) {
  partition->on_replicated(partition->leader(), partition->log.end_offset());
  if (partition->replicas().size() == 1) return;
  if (settings_.replication_delay == Duration{}) return catch_up(*partition);
  replications_.emplace(now() + settings_.replication_delay,
                        Replication{partition, partition->log.end_offset()});
  clock_.notify();
}

void Cluster::replicate(Partition& partition, std::int64_t end_offset) {
  for (const std::int32_t replica : partition.replicas()) {
    if (replica == partition.leader() || paused_replicas.contains(replica)) continue;
    if (!find_node(replica)->is_running()) continue;
    partition.on_replicated(replica, end_offset);
    if (partition.extent_at(replica).end_offset >= partition.high_watermark()) {
      partition.set_in_sync(replica, true);
    }
  }
}

void Cluster::catch_up(Partition& partition) {
  replicate(partition, partition.log.end_offset());
  replicate(partition, partition.log.end_offset());
}

void Cluster::resume_replicas(std::int32_t node) {
  paused_replicas.erase(node);
  for_each_partition([this](Partition& partition) {
    if (partition.leader() >= 0) catch_up(partition);
  });
}

void Cluster::reschedule() {
  clock_.notify();
}

TimePoint Cluster::next_deadline() const {
  TimePoint next =
      std::min({next_sweep_, groups_->next_deadline(), transactions_->next_deadline()});
  if (!replications_.empty()) next = std::min(next, replications_.begin()->first);
  return next;
}

void Cluster::on_time(TimePoint now) {
  groups_->on_time(now);
  transactions_->on_time(now);
  while (!replications_.empty() && replications_.begin()->first <= now) {
    const auto due = replications_.extract(replications_.begin());
    const auto partition = due.mapped().partition.lock();
    if (!partition) continue;
    replicate(*partition, due.mapped().end_offset);
    if (!due.mapped().has_news) continue;
    // With the next fetch each follower hears how far all of them have come.
    replications_.emplace(now + settings_.replication_delay,
                          Replication{partition, due.mapped().end_offset, false});
  }
  if (next_sweep_ <= now) {
    sweep_producer_ids();
    next_sweep_ = now + settings_.producer_id_sweep_interval;
  }
}

Awaitable<void> Cluster::clock_loop() {
  while (!stopping_) {
    co_await clock_.wait(next_deadline());
    on_time(now());
  }
}

void Cluster::run_retention() {
  for (const auto& [name, topic] : topics_) {
    const TopicConfig::Values& values = topic->config.values();
    if (!values.deletes) continue;
    const std::int64_t oldest_ms =
        values.retention_ms < 0 ? -1 : wall_clock_ms() - values.retention_ms;
    const std::size_t size_max = values.retention_bytes < 0
                                     ? std::numeric_limits<std::size_t>::max()
                                     : static_cast<std::size_t>(values.retention_bytes);
    for (const auto& partition : topic->partitions) {
      partition->log.retain(oldest_ms, size_max, partition->high_watermark());
      partition->notify();
    }
  }
}

void Cluster::run_compaction() {
  for (const auto& [name, topic] : topics_) {
    const TopicConfig::Values& values = topic->config.values();
    if (!values.compacts) continue;
    for (const auto& partition : topic->partitions) {
      partition->log.roll();
      compact(partition->log, {.now_ms = wall_clock_ms(),
                               .delete_retention_ms = values.delete_retention_ms,
                               .limit_offset = partition->last_stable_offset()});
    }
  }
}

std::int64_t Cluster::expired_ms() const {
  return wall_clock_ms() - settings_.producer_id_expiration_ms;
}

void Cluster::sweep_producer_ids() {
  for_each_partition(
      [this](Partition& partition) { partition.log.expire_producers(expired_ms()); });
}

HookAction Cluster::run_hooks(std::int16_t api_key, CallContext& call, const void* request,
                              void* response) {
  // Hooks may add hooks, or take all away: the list of this request stays as it is.
  std::vector<std::shared_ptr<ErasedHook>> hooks;
  const auto [first, last] = hooks_.equal_range(api_key);
  for (auto hook = first; hook != last; ++hook) hooks.insert(hooks.begin(), hook->second);
  for (const auto& hook : hooks) {
    const HookAction action = (*hook)(call, request, response);
    if (action != HookAction::kPass) return action;
  }
  return HookAction::kPass;
}

}  // namespace kmirror::broker
