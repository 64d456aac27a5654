#include "sim/faults.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/refuse.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/produce.h"
#include "sim/wait.h"

namespace kmirror::sim {

using broker::HookAction;
using protocol::ErrorCode;
using std::chrono::milliseconds;

namespace {

// Errors that brokers answer for a while, by API.
struct Refusals {
  std::int16_t api_key;
  std::vector<ErrorCode> errors;
};

const std::vector<Refusals>& refusals() {
  static const std::vector<Refusals> all = {
      {protocol::ProduceRequest::kApi.key,
       {ErrorCode::kNotLeaderOrFollower, ErrorCode::kRequestTimedOut, ErrorCode::kNotEnoughReplicas,
        ErrorCode::kLeaderNotAvailable, ErrorCode::kKafkaStorageError,
        ErrorCode::kUnknownTopicOrPartition}},
      {protocol::FetchRequest::kApi.key,
       {ErrorCode::kNotLeaderOrFollower, ErrorCode::kKafkaStorageError,
        ErrorCode::kUnknownTopicOrPartition, ErrorCode::kReplicaNotAvailable}},
      {protocol::ListOffsetsRequest::kApi.key,
       {ErrorCode::kNotLeaderOrFollower, ErrorCode::kLeaderNotAvailable}},
      {protocol::MetadataRequest::kApi.key, {ErrorCode::kLeaderNotAvailable}},
      {protocol::OffsetCommitRequest::kApi.key,
       {ErrorCode::kCoordinatorLoadInProgress, ErrorCode::kCoordinatorNotAvailable,
        ErrorCode::kNotCoordinator}},
      {protocol::OffsetFetchRequest::kApi.key,
       {ErrorCode::kCoordinatorLoadInProgress, ErrorCode::kNotCoordinator}},
      {protocol::FindCoordinatorRequest::kApi.key, {ErrorCode::kCoordinatorNotAvailable}},
      {protocol::InitProducerIdRequest::kApi.key, {ErrorCode::kCoordinatorLoadInProgress}},
      {protocol::CreateTopicsRequest::kApi.key,
       {ErrorCode::kNotController, ErrorCode::kRequestTimedOut}},
      {protocol::CreatePartitionsRequest::kApi.key,
       {ErrorCode::kNotController, ErrorCode::kReassignmentInProgress}},
  };
  return all;
}

// How many batches of each producer a partition remembers.
using Counts = std::map<std::pair<net::TopicPartition, std::int64_t>, std::size_t>;

Counts remembered_batches(const broker::Cluster& cluster) {
  Counts counts;
  for (const auto& [name, topic] : cluster.topics()) {
    for (std::size_t p = 0; p < topic->partitions.size(); ++p) {
      const net::TopicPartition where{name, static_cast<std::int32_t>(p)};
      for (const auto& [id, state] : topic->partitions[p]->log.producers().all()) {
        counts[{where, id}] = state.batches.size();
      }
    }
  }
  return counts;
}

bool has_batch_behind(const broker::Log& log, std::int64_t offset, std::int64_t producer_id) {
  return std::ranges::any_of(log.segments(), [&](const auto& segment) {
    return std::ranges::any_of(segment.batches, [&](const broker::LogBatch& batch) {
      return batch.view().producer_id() == producer_id && batch.view().next_offset() > offset;
    });
  });
}

}  // namespace

Faults::Faults(Stage stage) : stage_(stage), random_(stage.world.random("faults")) {
  const Options& options = stage_.options;
  add("kill", options.kill_mirror, &Faults::kill_mirror);
  add("leader", options.move_leader, &Faults::move_leader);
  add("node", options.stop_node, &Faults::stop_node);
  add("link", options.cut_link, &Faults::cut_link);
  add("sweep", options.sweep, &Faults::sweep);
  add("throttle", options.throttle, &Faults::throttle);
  add("lag", options.lag, &Faults::lag);
  add("deletion", options.deletion, &Faults::delete_records);
  add("retention", options.retention, &Faults::delete_copies);
  hook_requests(stage_.source, "source");
  hook_requests(stage_.destination, "destination");
  spoil_answers(stage_.source, "source");
  spoil_answers(stage_.destination, "destination");
  forget_names();
}

void Faults::add(const char* name, Duration mean, void (Faults::*act)()) {
  if (mean == Duration{}) return;
  Fault& fault = faults_.emplace_back(Fault{mean, act, random_.split(name), {}});
  fault.next = stage_.world.now() + draw_wait(fault.random, fault.mean);
}

TimePoint Faults::next() const {
  TimePoint next = repairs_.empty() ? kNever : repairs_.begin()->first;
  for (const Fault& fault : faults_) next = std::min(next, fault.next);
  return next;
}

void Faults::act() {
  const TimePoint now = stage_.world.now();
  while (!repairs_.empty() && repairs_.begin()->first <= now) {
    const auto repair = repairs_.extract(repairs_.begin());
    repair.mapped()();
  }
  for (Fault& fault : faults_) {
    if (fault.next > now) continue;
    fault.next = now + draw_wait(fault.random, fault.mean);
    (this->*fault.act)();
  }
}

void Faults::end() {
  tell("no faults from now on");
  ended_ = true;
  stage_.world.buggify = {};
  faults_.clear();
  while (!repairs_.empty()) repairs_.extract(repairs_.begin()).mapped()();
  stage_.source.mangle = {};
  stage_.destination.mangle = {};
  stage_.network.names.clear();
  stage_.network.set_options({.latency_min = milliseconds(1), .latency_max = milliseconds(1)});
  stage_.network.heal();
}

broker::Cluster& Faults::any_cluster() {
  return random_.below(2) == 0 ? stage_.source : stage_.destination;
}

std::optional<Faults::Chosen> Faults::any_partition(broker::Cluster& cluster) {
  if (cluster.topics().empty()) return std::nullopt;
  auto topic = cluster.topics().begin();
  std::advance(topic, random_.below(cluster.topics().size()));
  const auto& partitions = topic->second->partitions;
  const auto index = random_.below(partitions.size());
  return Chosen{{topic->first, static_cast<std::int32_t>(index)}, partitions[index]};
}

template <class Act>
void Faults::forgetting(Act act) {
  const Counts before = remembered_batches(stage_.destination);
  act();
  const Counts after = remembered_batches(stage_.destination);
  for (const auto& [whose, count] : before) {
    const auto left = after.find(whose);
    if (left != after.end() && left->second == count) continue;
    stage_.checker.on_batches_forgotten(whose.first, whose.second);
    stage_.probes.reach("producers forgotten");
  }
}

std::string Faults::any_host() {
  const auto& nodes = any_cluster().nodes();
  return nodes[random_.below(nodes.size())]->host();
}

void Faults::kill_mirror() {
  if (!stage_.mirror.is_running()) return;
  // Not only at moments that the clock knows, but between any two events.
  const TimePoint latest = stage_.world.now() + std::chrono::seconds(1);
  for (std::uint64_t skip = random_.below(50); skip > 0 && stage_.mirror.is_running(); --skip) {
    if (stage_.world.next_time() > latest) break;
    stage_.world.step();
    stage_.checker.look();
  }
  if (!stage_.mirror.is_running()) return;
  if (random_.below(4) == 0) {
    tell("the mirror is asked to stop");
    stage_.probes.reach("mirror asked to stop");
    return stage_.mirror.request_stop();
  }
  constexpr net::sim::Death kDeaths[] = {net::sim::Death::kClosed, net::sim::Death::kReset,
                                         net::sim::Death::kSilent};
  const net::sim::Death death = kDeaths[random_.below(3)];
  tell(fmt::format("the mirror is killed ({})", static_cast<int>(death)));
  stage_.mirror.kill(death);
  stage_.probes.reach("mirror killed");
}

void Faults::move_leader() {
  broker::Cluster& cluster = any_cluster();
  const auto where = any_partition(cluster);
  if (!where) return;
  broker::Partition& partition = *where->partition;
  const auto& replicas = partition.replicas();
  const std::int32_t node = replicas[random_.below(replicas.size())];
  const bool able = cluster.find_node(node)->is_running() && partition.in_sync().contains(node);
  if (!able || node == partition.leader() || partition.leader() < 0) return;
  tell(fmt::format("{}: {}: leader {} -> {}, high watermark {}, end {}",
                   cluster.settings().cluster_id, to_string(where->name), partition.leader(), node,
                   partition.high_watermark(), partition.log.end_offset()));
  forgetting([&] { cluster.move_leader(partition, node); });
  stage_.probes.reach("leader moved");
}

void Faults::stop_node() {
  broker::Cluster& cluster = any_cluster();
  const auto running = cluster.running_nodes();
  if (running.empty()) return;
  const std::int32_t id = running[random_.below(running.size())];
  tell(fmt::format("node {}{} stops", cluster.settings().cluster_id, id));
  forgetting([&] { cluster.stop_node(id); });
  stage_.probes.reach("node stopped");
  for (const auto& [name, topic] : cluster.topics()) {
    for (const auto& partition : topic->partitions) {
      if (partition->leader() < 0) stage_.probes.reach("partition leaderless");
    }
  }
  const Duration away = milliseconds(100 + random_.below(20'000));
  repairs_.emplace(stage_.world.now() + away, [this, &cluster, id] {
    tell(fmt::format("node {}{} starts", cluster.settings().cluster_id, id));
    forgetting([&cluster, id] {
      const auto started = cluster.start_node(id);
      KM_CHECK(started, "its port is still free");
    });
  });
}

void Faults::cut_link() {
  stage_.probes.reach("link cut");
  const std::string host = any_host();
  if (random_.below(3) == 0) {
    tell(fmt::format("connections of {} are reset", host));
    return stage_.network.reset_all(host);
  }
  const bool to_broker = random_.below(2) == 0;
  const std::string from = to_broker ? "m" : host;
  const std::string to = to_broker ? host : "m";
  const Duration duration = milliseconds(100 + random_.below(30'000));
  tell(fmt::format("nothing gets from {} to {} for a while", from, to));
  if (random_.below(2) == 0) return stage_.network.clog(from, to, duration);
  stage_.network.partition(from, to);
  repairs_.emplace(stage_.world.now() + duration,
                   [this, from, to] { stage_.network.link(from, to).open(); });
}

void Faults::sweep() {
  tell("producers that are old are forgotten");
  forgetting([this] { stage_.destination.sweep_producer_ids(); });
}

void Faults::throttle() {
  broker::Cluster& cluster = any_cluster();
  broker::Node& node = *cluster.nodes()[random_.below(cluster.nodes().size())];
  node.throttle = milliseconds(1 + random_.below(3'000));
  repairs_.emplace(stage_.world.now() + milliseconds(random_.below(10'000)),
                   [&node] { node.throttle = {}; });
}

// A follower stays behind, and the high watermark with it.
void Faults::lag() {
  broker::Cluster& cluster = stage_.options.transactions ? stage_.destination : any_cluster();
  const std::int32_t id = cluster.nodes()[random_.below(cluster.nodes().size())]->id();
  tell(fmt::format("replicas on {}{} lag", cluster.settings().cluster_id, id));
  cluster.paused_replicas.insert(id);
  repairs_.emplace(stage_.world.now() + milliseconds(100 + random_.below(10'000)),
                   [&cluster, id] { cluster.resume_replicas(id); });
}

// Retention, or somebody's request; the position of the mirror is ahead of it or is not.
void Faults::delete_records() {
  const auto where = any_partition(stage_.source);
  if (!where) return;
  broker::Partition& partition = *where->partition;
  const std::int64_t first = partition.log.start_offset();
  const std::int64_t count = partition.high_watermark() - first;
  if (count == 0) return;
  const std::int64_t offset =
      first + 1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(count)));
  tell(fmt::format("{} begins at {} instead of {} now", to_string(where->name), offset, first));
  partition.log.advance_start(offset);
  partition.notify();
  stage_.ledger.partitions[where->name].delete_before(
      offset, stage_.checker.committed_position(where->name) >= 0);
}

// Retention at the destination leaves only the newest records. Of a producer of which it leaves
// nothing, nobody can tell afterwards what had arrived.
void Faults::delete_copies() {
  const auto where = any_partition(stage_.destination);
  if (!where) return;
  broker::Partition& partition = *where->partition;
  const std::int64_t first = partition.log.start_offset();
  const std::int64_t most = std::min<std::int64_t>(partition.high_watermark() - first, 100);
  const std::int64_t offset =
      partition.high_watermark() -
      static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most) + 1));
  tell(
      fmt::format("copy {} begins at {} instead of {} now", to_string(where->name), offset, first));
  partition.log.advance_start(offset);
  partition.notify();
  stage_.probes.reach("copies deleted");
  for (const auto& [producer_id, state] : partition.log.producers().all()) {
    if (!has_batch_behind(partition.log, offset, producer_id)) {
      stage_.checker.on_batches_forgotten(where->name, producer_id);
    }
  }
}

// Answers that end too early, as of a broker with a bug: clients have to notice.
void Faults::spoil_answers(broker::Cluster& cluster, const char* name) {
  if (stage_.options.malformed == 0) return;
  Random random = random_.split(fmt::format("{} answers", name));
  cluster.mangle = [this, random](const broker::CallContext&, std::int16_t, Buffer& frame) mutable {
    constexpr std::size_t kHeaderBytes = 8;  // the length and the correlation id
    if (random.unit() >= stage_.options.malformed || frame.size() <= kHeaderBytes) return;
    frame.resize(kHeaderBytes + random.below(frame.size() - kHeaderBytes));
    store_be(frame.data(), static_cast<std::int32_t>(frame.size() - 4));
    stage_.probes.reach("malformed answer");
  };
}

void Faults::forget_names() {
  if (stage_.options.no_name == 0) return;
  for (const broker::Cluster* cluster : {&stage_.source, &stage_.destination}) {
    for (const auto& node : cluster->nodes()) {
      stage_.network.names[node->host()] = {.ips = {node->host()},
                                            .delay = milliseconds(random_.below(100)),
                                            .fails = stage_.options.no_name};
    }
  }
}

void Faults::hook_requests(broker::Cluster& cluster, const char* name) {
  for (const Refusals& one : refusals()) {
    Random random = random_.split(fmt::format("{} {}", name, one.api_key));
    cluster.on_any(one.api_key,
                   [this, key = one.api_key, random](broker::CallContext& call, const void* request,
                                                     void* response) mutable {
                     return meddle(call, key, request, response, random);
                   });
  }
}

HookAction Faults::meddle(broker::CallContext& call, std::int16_t api_key, const void* request,
                          void* response, Random& random) {
  if (ended_) return HookAction::kPass;
  if (random.unit() < stage_.options.lose_answer) {
    call.node.hang_up();
    stage_.probes.reach("answer lost");
    return HookAction::kPass;
  }
  if (random.unit() >= stage_.options.refuse) return HookAction::kPass;
  const auto& errors = std::ranges::find(refusals(), api_key, &Refusals::api_key)->errors;
  const ErrorCode error = errors[random.below(errors.size())];
  const bool known = broker::refuse(api_key, call, error, request, response);
  KM_CHECK(known, "only what can be refused is hooked");
  stage_.probes.reach("request refused");
  return HookAction::kAnswer;
}

}  // namespace kmirror::sim
