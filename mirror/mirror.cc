#include "mirror/mirror.h"

#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/zookeeper/discovery.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Failure;
using net::LogLevel;
using net::Result;

constexpr auto kReportEvery = std::chrono::seconds(1);

// How often topics that appear or grow are looked for.
constexpr auto kTopologyEvery = std::chrono::seconds(10);

// How long what is under way may take when the mirror is asked to stop.
constexpr auto kDrainTime = std::chrono::seconds(30);

// Runs a task of a shard where the shard runs, and waits for its end here.
template <class T>
Awaitable<T> on_shard(Shard& shard, Awaitable<T> task) {
  auto operation =
      net::asio::co_spawn(shard.runtime().executor(), std::move(task), net::asio::use_awaitable);
  if constexpr (std::is_void_v<T>) {
    co_await std::move(operation);
  } else {
    T result = co_await std::move(operation);
    co_return result;
  }
}

Awaitable<ShardReport> report_of(Shard& shard) {
  co_return shard.report();
}

Awaitable<void> stop_fetching(Shard& shard) {
  shard.stop_fetching();
  co_return;
}

}  // namespace

Mirror::Mirror(std::vector<net::Runtime*> runtimes, MirrorConfig config)
    : runtimes_(std::move(runtimes)), config_(std::move(config)), wakeup_(*runtimes_.front()) {}

Mirror::~Mirror() = default;

void Mirror::request_stop() {
  stopping_ = true;
  wakeup_.notify();
  if (topology_) topology_->request_stop();
  if (running_) return;
  for (const auto& shard : shards_) {
    net::asio::post(shard->runtime().executor(), [&shard = *shard] { shard.interrupt(); });
  }
}

Awaitable<MirrorOutcome> Mirror::run() {
  net::Runtime& runtime = *runtimes_.front();
  const Result<void> started = co_await start();
  if (!started && !stopping_) {
    co_await close();
    co_return MirrorOutcome{ExitCode::kStart, started.error().text, {}};
  }
  TimePoint look_again = runtime.now() + kTopologyEvery;
  while (!stopping_) {
    co_await wakeup_.wait(runtime.now() + kReportEvery);
    const MirrorReport current = co_await report();
    if (on_report) on_report(current);
    if (config_.until_end) {
      if (all_ended(current)) break;
    } else if (runtime.now() >= look_again && !stopping_) {
      const Result<void> added = co_await add_lanes();
      if (!added && !stopping_) runtime.log(LogLevel::kWarning, added.error().text);
      look_again = runtime.now() + kTopologyEvery;
    }
  }
  MirrorOutcome outcome = co_await finish();
  co_return outcome;
}

Awaitable<Result<void>> Mirror::start() {
  const Result<void> found = co_await find_brokers();
  if (!found) co_return found;
  if (on_brokers_known) on_brokers_known(config_);
  const std::size_t budget = config_.memory_bytes / runtimes_.size();
  for (std::size_t i = 0; i < runtimes_.size() && !stopping_; ++i) {
    shards_.push_back(std::make_unique<Shard>(*runtimes_[i], config_, static_cast<int>(i), budget));
    const TimePoint deadline = runtimes_[i]->now() + config_.source.client.connect_timeout;
    const Result<void> started = co_await on_shard(*shards_[i], shards_[i]->start(deadline));
    if (!started) co_return started;
  }
  if (stopping_) co_return Result<void>();
  const Result<void> checked = co_await check_clusters();
  if (!checked) co_return checked;
  topology_ = std::make_unique<Topology>(*shards_.front(), config_);
  topology_->set_old_offsets(std::move(old_offsets_));
  const Result<void> added = co_await add_lanes();
  if (added && topology_->topics() == 0 && !stopping_) {
    runtimes_.front()->log(
        LogLevel::kWarning,
        fmt::format("no topic of the source matches \"{}\" yet{}", config_.topics.pattern(),
                    config_.until_end ? "" : "; waiting for one"));
  }
  co_return added;
}

Awaitable<Result<void>> Mirror::find_brokers() {
  if (!config_.source.zookeeper) co_return Result<void>();
  net::Runtime& runtime = *runtimes_.front();
  const auto found = co_await net::find_cluster(runtime, *config_.source.zookeeper,
                                                config_.source.zookeeper_timeout);
  if (!found) co_return found.error();
  if (stopping_) co_return Result<void>();
  config_.source.client.bootstrap_servers = found.value().brokers;
  const auto offsets =
      co_await net::find_group_offsets(runtime, *config_.source.zookeeper, config_.source.group_id,
                                       config_.source.zookeeper_timeout);
  if (!offsets) co_return offsets.error();
  for (const net::OldOffset& old : offsets.value()) {
    old_offsets_[{old.topic, old.partition}] = old.offset;
  }
  co_return Result<void>();
}

Awaitable<Result<void>> Mirror::check_clusters() {
  Shard& shard = *shards_.front();
  const std::string source_id = shard.source().metadata().cluster_id;
  if (!source_id.empty() && source_id == shard.destination().metadata().cluster_id &&
      config_.topic_prefix.empty()) {
    co_return Failure{
        .kind = net::FailureKind::kRefused,
        .text = fmt::format("source and destination are the same cluster ({}); topics "
                            "would be mirrored into themselves. Set topic.prefix to "
                            "mirror within one cluster",
                            source_id)};
  }
  const Result<int> members = co_await shard.offsets().live_members();
  if (!members) co_return members.error();
  if (members.value() > 0) {
    co_return Failure{
        .kind = net::FailureKind::kRefused,
        .text =
            fmt::format("group {} is in use at the source by {} live member{}; stop it, or "
                        "choose another group.id",
                        config_.source.group_id, members.value(), members.value() == 1 ? "" : "s")};
  }
  co_return Result<void>();
}

Awaitable<Result<void>> Mirror::add_lanes() {
  Result<std::vector<LanePlan>> plans = co_await topology_->plan_new_lanes();
  if (!plans) co_return plans.error();
  if (stopping_) co_return Result<void>();
  const bool first = !std::exchange(running_, true);
  // Under way, a shard that fails has its lanes all the same, and goes on trying.
  Result<void> result;
  std::vector<std::vector<LanePlan>> shares(shards_.size());
  for (LanePlan& plan : plans.value()) {
    std::vector<LanePlan>& share = shares[next_shard(plan.lane) % shards_.size()];
    share.push_back(std::move(plan));
  }
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (shares[i].empty()) continue;
    const Result<void> added =
        co_await on_shard(*shards_[i], shards_[i]->add_lanes(std::move(shares[i])));
    if (!added) result = added;
    if (!added && first) break;
  }
  co_return result;
}

// Work is spread over cores where batches are opened. Those that pass through cost less in company:
// a request carries one batch a partition, so that the lanes of a shard share its requests.
std::size_t Mirror::next_shard(const Lane::Settings& lane) {
  const bool opens = lane.mode == LaneMode::kKey || lane.codec;
  return opens ? opening_lanes_++ : passing_lanes_++ / config_.lanes_together;
}

Awaitable<MirrorReport> Mirror::report() {
  MirrorReport sum;
  if (topology_) {
    sum.topics = topology_->topics();
    sum.stop_reasons = topology_->complaints();
  }
  for (const auto& shard : shards_) {
    ShardReport part = co_await on_shard(*shard, report_of(*shard));
    sum.counters += part.counters;
    sum.lanes += part.lanes;
    sum.ended_lanes += part.ended_lanes;
    sum.lag += part.lag;
    std::move(part.stop_reasons.begin(), part.stop_reasons.end(),
              std::back_inserter(sum.stop_reasons));
  }
  co_return sum;
}

bool Mirror::all_ended(const MirrorReport& report) const {
  return report.ended_lanes >= report.lanes;
}

Awaitable<MirrorOutcome> Mirror::finish() {
  MirrorOutcome outcome;
  std::vector<TimePoint> deadlines;
  for (const auto& shard : shards_) {
    deadlines.push_back(shard->runtime().now() + kDrainTime);
    co_await on_shard(*shard, stop_fetching(*shard));
  }
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto& shard = shards_[i];
    const bool drained = co_await on_shard(*shard, shard->drain(deadlines[i]));
    const Result<void> committed = co_await on_shard(*shard, shard->commit(true));
    if (!drained) {
      outcome = {ExitCode::kFailure,
                 "what was under way could not be finished in time; the next start repeats it",
                 {}};
    }
    if (!committed) {
      outcome = {ExitCode::kFailure,
                 "the last progress could not be committed, the next start repeats some records: " +
                     committed.error().text,
                 {}};
    }
  }
  outcome.report = co_await report();
  if (outcome.code == ExitCode::kOk && !outcome.report.stop_reasons.empty()) {
    outcome.code = ExitCode::kIncomplete;
    outcome.error =
        "some partitions or topics are not whole: " + outcome.report.stop_reasons.front();
  }
  const bool cut_short = config_.until_end && (!running_ || !all_ended(outcome.report));
  if (outcome.code == ExitCode::kOk && outcome.report.counters.lost_records > 0) {
    outcome.code = ExitCode::kIncomplete;
    outcome.error = fmt::format("{} offsets were deleted at the source before they were mirrored",
                                outcome.report.counters.lost_records);
  } else if (outcome.code == ExitCode::kOk && cut_short) {
    outcome.code = ExitCode::kIncomplete;
    outcome.error = "stopped before the ends were reached; the next start goes on from here";
  } else if (outcome.code == ExitCode::kOk && config_.until_end && outcome.report.topics == 0) {
    outcome.code = ExitCode::kIncomplete;
    outcome.error = fmt::format("no topic matches \"{}\"", config_.topics.pattern());
  }
  co_await close();
  co_return outcome;
}

Awaitable<void> Mirror::close() {
  for (const auto& shard : shards_) co_await on_shard(*shard, shard->close());
}

}  // namespace kmirror::mirror
