#include "sim/scenario.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "sim/buggify.h"
#include "sim/checker.h"
#include "sim/faults.h"
#include "sim/mirror_host.h"
#include "sim/observer.h"
#include "sim/wait.h"
#include "sim/workload.h"

namespace kmirror::sim {

using net::sim::Network;
using net::sim::Process;
using net::sim::World;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A cluster whose brokers are processes on hosts of their own.
class Machines {
 public:
  Machines(World& world, Network& network, const std::string& letter, int nodes,
           broker::ClusterSettings settings) {
    settings.cluster_id = letter;
    for (int i = 1; i <= nodes; ++i) {
      const std::string host = fmt::format("{}{}", letter, i);
      processes_.push_back(std::make_unique<Process>(world, network, host, host));
      settings.nodes.push_back(
          {.id = i, .runtime = processes_.back().get(), .listen = {host, 9092}});
    }
    cluster_ = std::make_unique<broker::Cluster>(std::move(settings));
    const auto started = cluster_->start();
    KM_CHECK(started, "ports are free in a new world");
  }

  ~Machines() {
    for (const auto& process : processes_) process->kill(net::sim::Death::kClosed);
  }

  broker::Cluster& cluster() { return *cluster_; }

 private:
  std::vector<std::unique_ptr<Process>> processes_;
  std::unique_ptr<broker::Cluster> cluster_;
};

broker::ClusterSettings settings_of(const Options& options, const std::string& release) {
  broker::ClusterSettings settings;
  settings.release = *broker::parse_release(release);
  settings.auto_create_topics = false;
  settings.default_replication_factor = static_cast<std::int16_t>(options.replication_factor);
  settings.metadata_delay = options.metadata_delay;
  settings.producer_id_sweep_interval = std::chrono::hours(24);  // The faults say when.
  return settings;
}

// The log's end that is not replicated yet may be lost, and markers with it: a coordinator would
// write them again, and the workload has none.
broker::ClusterSettings source_settings(const Options& options) {
  broker::ClusterSettings settings = settings_of(options, options.source_release);
  if (!options.transactions) settings.replication_delay = options.replication_delay;
  return settings;
}

broker::ClusterSettings destination_settings(const Options& options) {
  broker::ClusterSettings settings = settings_of(options, options.destination_release);
  settings.replication_delay = options.replication_delay;
  return settings;
}

class Scenario {
 public:
  Scenario(const Options& options, const Story& story)
      : options_(options),
        world_(options.seed),
        network_(world_, options.links),
        source_(world_, network_, "s", options.source_nodes, source_settings(options)),
        destination_(world_, network_, "d", options.destination_nodes,
                     destination_settings(options)),
        checker_(options, source_.cluster(), destination_.cluster(), ledger_),
        mirror_(options, world_, network_),
        workload_(options, world_.random("workload"), source_.cluster(), destination_.cluster(),
                  ledger_),
        pace_(world_.random("pace")) {
    if (story) {
      world_.log_sink = [story](TimePoint when, std::string_view who, net::LogLevel,
                                std::string_view line) { story(when, who, line); };
    }
    if (options.buggify) world_.buggify = Buggify(world_.random("buggify"), probes_);
    observe_source(source_.cluster(), destination_.cluster(), checker_, probes_);
    observe_destination(destination_.cluster(), checker_, probes_);
    faults_.emplace(Stage{options_, world_, network_, source_.cluster(), destination_.cluster(),
                          mirror_, checker_, ledger_, probes_});
  }

  Result run();

 private:
  void safety();
  void liveness();
  void stop();
  // Runs events, and checks after each, until `until`, or a problem.
  void pass(TimePoint until);
  void supervise();
  void wait_until_it_runs();
  void start_mirror() {
    checker_.on_start();
    mirror_.start();
  }
  void note_end();
  void note_content();
  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }
  bool is_well() {
    if (problem_.empty()) problem_ = checker_.problem();
    if (problem_.empty()) problem_ = ledger_.problem;
    return problem_.empty();
  }
  bool all_is_well_mirrored() const {
    return ledger_.missing() == 0 && checker_.all_is_committed() &&
           mirror_.report().stop_reasons.empty();
  }

  const Options& options_;
  World world_;
  Network network_;
  Ledger ledger_;
  Probes probes_;
  Machines source_;
  Machines destination_;
  Checker checker_;
  MirrorHost mirror_;
  Workload workload_;
  Random pace_;
  std::optional<Faults> faults_;
  TimePoint restart_at_{};
  bool stopping_ = false;
  std::string problem_;
};

void Scenario::pass(TimePoint until) {
  while (is_well() && world_.next_time() <= until) {
    world_.step();
    checker_.look();
    if (mirror_.outcome()) break;
  }
  if (is_well() && !mirror_.outcome()) world_.run_until(until);
}

void Scenario::supervise() {
  if (const auto& outcome = mirror_.outcome(); outcome && !stopping_) {
    if (outcome->code == mirror::ExitCode::kStart) {
      probes_.reach("mirror gave up at start");
    } else if (!mirror_.stop_requested()) {
      return fail(fmt::format("the mirror ended with {}: {}", static_cast<int>(outcome->code),
                              outcome->error));
    } else if (outcome->code != mirror::ExitCode::kFailure) {
      probes_.reach("mirror finished");
      checker_.on_finished();
    }
    mirror_.kill(net::sim::Death::kClosed);  // What its system does behind a process that ended.
  }
  // A topic that is not mirrored yet is tried again; a partition that was stopped is not.
  for (const std::string& reason : mirror_.report().stop_reasons) {
    if (reason.find("is not mirrored") == std::string::npos) fail("it stopped: " + reason);
  }
  if (mirror_.is_running() || stopping_) return;
  if (restart_at_ == TimePoint{}) restart_at_ = world_.now() + draw_wait(pace_, seconds(1));
  if (world_.now() < restart_at_) return;
  restart_at_ = {};
  start_mirror();
}

void Scenario::safety() {
  workload_.create_topics();
  start_mirror();
  const TimePoint end = world_.now() + options_.safety;
  const Duration batch_every = options_.safety / options_.batches;
  TimePoint next_batch = world_.now();
  while (is_well() && world_.now() < end) {
    TimePoint next = std::min({next_batch, faults_->next(), end});
    if (restart_at_ != TimePoint{}) next = std::min(next, restart_at_);
    pass(next);
    if (!is_well()) return;
    if (next_batch <= world_.now()) {
      workload_.act();
      next_batch = world_.now() + draw_wait(pace_, batch_every);
    }
    faults_->act();
    supervise();
  }
}

void Scenario::liveness() {
  faults_->end();
  workload_.finish();
  const TimePoint end = world_.now() + options_.liveness;
  // What is there may be a dead mirror's work that the living one has still to repeat.
  while (is_well() && !all_is_well_mirrored()) {
    if (world_.now() >= end && ledger_.missing() == 0) {
      return fail(fmt::format("all is there, but not committed; stopped: {}",
                              fmt::join(mirror_.report().stop_reasons, "; ")));
    }
    if (world_.now() >= end) {
      return fail(fmt::format("{} of {} records are missing after {} without faults; stopped: {}",
                              ledger_.missing(), ledger_.committed(),
                              std::chrono::duration_cast<seconds>(options_.liveness),
                              fmt::join(mirror_.report().stop_reasons, "; ")));
    }
    pass(world_.now() + milliseconds(200));
    supervise();
  }
}

void Scenario::wait_until_it_runs() {
  const TimePoint end = world_.now() + options_.liveness;
  while (is_well() && (!mirror_.is_running() || mirror_.stop_requested())) {
    if (world_.now() >= end) return fail("the mirror does not start");
    pass(world_.now() + milliseconds(100));
    supervise();
  }
}

void Scenario::stop() {
  wait_until_it_runs();
  // Connections that were held up go on at TCP's next repetition. A start that waited for one gives
  // up meanwhile, and is made again.
  pass(world_.now() + seconds(30));
  supervise();
  wait_until_it_runs();
  if (!is_well()) return;
  stopping_ = true;
  mirror_.request_stop();
  pass(world_.now() + std::chrono::minutes(2));
  if (!is_well()) return;
  if (!mirror_.outcome()) return fail("the mirror does not stop");
  // It says so when the source deleted what it had not read.
  const auto told = static_cast<std::int64_t>(mirror_.outcome()->report.counters.lost_records);
  if (mirror_.outcome()->code !=
      (told > 0 ? mirror::ExitCode::kIncomplete : mirror::ExitCode::kOk)) {
    return fail("the mirror stopped, but: " + mirror_.outcome()->error);
  }
  // One that began later may have seen nothing of it.
  if (checker_.starts() == 1 && told < ledger_.lost()) {
    return fail(
        fmt::format("{} records were lost, and {} offsets were told", ledger_.lost(), told));
  }
  checker_.on_finished();
  if (!checker_.all_is_committed()) fail("the mirror stopped and left something uncommitted");
}

void Scenario::note_end() {
  const auto& counters =
      mirror_.outcome() ? mirror_.outcome()->report.counters : mirror_.report().counters;
  probes_.reach("batch passed through", counters.passed_through);
  probes_.reach("batch rebuilt", counters.rebuilt);
  probes_.reach("batches joined", counters.joined);
  probes_.reach("aborted data", counters.aborted_batches);
  probes_.reach("deleted unread", counters.lost_records);
  probes_.reach("repeated", static_cast<std::uint64_t>(checker_.repeated()));
}

// What came out is part of the trace, byte for byte.
void Scenario::note_content() {
  for (const auto& [name, topic] : destination_.cluster().topics()) {
    for (const auto& partition : topic->partitions) {
      for (const auto& segment : partition->log.segments()) {
        for (const auto& batch : segment.batches) world_.note(batch.view().crc());
      }
    }
  }
}

Result Scenario::run() {
  safety();
  if (is_well()) liveness();
  if (is_well()) stop();
  note_end();
  note_content();
  return {.problem = problem_,
          .trace_hash = world_.trace_hash(),
          .events = world_.steps(),
          .records = ledger_.committed(),
          .time = world_.now().time_since_epoch(),
          .probes = probes_};
}

}  // namespace

Result run_scenario(const Options& options, const Story& story) {
  Scenario scenario(options, story);
  return scenario.run();
}

}  // namespace kmirror::sim
