#include "app/mirror_command.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <thread>

#include "app/log.h"
#include "app/mirror_flags.h"
#include "app/progress_line.h"
#include "app/seed.h"
#include "base/version.h"
#include "mirror/config/load_config.h"
#include "mirror/mirror.h"
#include "net/asio/asio_runtime.h"

namespace kmirror::app {

namespace {

using mirror::ExitCode;
using mirror::MirrorConfig;
using net::LogLevel;

// The lines that MirrorMaker's consumers print at start, which scripts look for.
void print_streams(const MirrorConfig& config) {
  std::string brokers;
  for (const auto& server : config.source.client.bootstrap_servers) {
    brokers += (brokers.empty() ? "" : ",") + net::to_string(server);
  }
  for (int stream = 0; stream < config.num_streams; ++stream) {
    fmt::print(
        "{{metadata.broker.list={}, request.timeout.ms={}, client.id={}-{}, "
        "security.protocol=PLAINTEXT}}\n",
        brokers, config.source.client.request_timeout.count(), config.source.group_id, stream);
  }
  std::fflush(stdout);
}

// What kmirror decides otherwise than the program it replaces is said, not left to be found out.
void print_differences(const MirrorConfig& config, const net::AsioRuntime::LogSink& log) {
  if (!config.source.auto_offset_reset_given) {
    log(LogLevel::kInfo,
        "partitions without a committed position begin at the earliest record; MirrorMaker would "
        "have begun at the latest (auto.offset.reset decides)");
  }
  if (!config.source.isolation_level_given) {
    log(LogLevel::kInfo,
        "records of open and aborted transactions are not mirrored; Kafka's own default would have "
        "read them (isolation.level decides)");
  }
  if (config.source.zookeeper) {
    log(LogLevel::kInfo,
        "the source's brokers are found through ZooKeeper, which is only read; progress is "
        "committed to the brokers as offsets of group " +
            config.source.group_id);
  }
}

struct Shards {
  std::vector<std::unique_ptr<net::AsioRuntime>> runtimes;
  std::vector<net::Runtime*> pointers;
  std::vector<std::thread> threads;  // of all but the first, which is the main thread's

  Shards(int count, const net::AsioRuntime::LogSink& log) {
    for (int i = 0; i < count; ++i) {
      runtimes.push_back(std::make_unique<net::AsioRuntime>(random_seed(), log));
      pointers.push_back(runtimes.back().get());
    }
  }

  // Runs all shards until the first has nothing left to do.
  void run() {
    std::vector<net::asio::executor_work_guard<net::asio::any_io_executor>> guards;
    for (std::size_t i = 1; i < runtimes.size(); ++i) {
      guards.emplace_back(runtimes[i]->executor());
      threads.emplace_back([runtime = runtimes[i].get()] { runtime->run(); });
    }
    runtimes.front()->run();
    guards.clear();
    for (std::thread& thread : threads) thread.join();
  }
};

int run_mirror(MirrorConfig config, const net::AsioRuntime::LogSink& log) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  Shards shards(config.threads > 0 ? config.threads : cores, log);
  mirror::Mirror mirror(shards.pointers, config);
  ProgressLine progress(isatty(STDERR_FILENO) != 0);
  mirror.on_report = [&progress](const auto& report) { progress.on_report(report); };
  mirror.on_brokers_known = [&log](const MirrorConfig& known) {
    print_streams(known);
    print_differences(known, log);
  };

  net::asio::signal_set signals(shards.runtimes.front()->executor(), SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& cancelled, int signal) {
    if (cancelled) return;
    log(LogLevel::kInfo, signal == SIGINT ? "interrupted: finishing what is under way"
                                          : "terminated: finishing what is under way");
    mirror.request_stop();
    signals.clear();  // A second signal ends the process at once.
  });
  mirror::MirrorOutcome outcome;
  net::asio::co_spawn(shards.runtimes.front()->executor(), mirror.run(),
                      [&](std::exception_ptr thrown, mirror::MirrorOutcome result) {
                        if (thrown) std::rethrow_exception(thrown);
                        outcome = std::move(result);
                        signals.cancel();
                      });
  shards.run();
  if (outcome.code != ExitCode::kStart) fmt::print("{}\n", progress.closing(outcome.report));
  if (outcome.code != ExitCode::kOk) fmt::print(stderr, "kmirror: {}\n", outcome.error);
  return static_cast<int>(outcome.code);
}

}  // namespace

int run_mirror_command(std::vector<std::string> arguments) {
  auto parsed = parse_mirror_flags(std::move(arguments), kVersion);
  if (const auto* answer = std::get_if<FlagsAnswer>(&parsed)) {
    std::fputs(answer->text.c_str(), answer->is_error ? stderr : stdout);
    return answer->is_error ? static_cast<int>(ExitCode::kUsage) : 0;
  }
  const MirrorFlags& flags = std::get<MirrorFlags>(parsed);
  const auto loaded = mirror::load_mirror_config(flags.inputs);
  if (!loaded) {
    fmt::print(stderr, "kmirror: {}\n", loaded.error().text);
    return static_cast<int>(ExitCode::kUsage);
  }
  const net::AsioRuntime::LogSink log = make_log_sink();
  for (const std::string& warning : flags.warnings) log(LogLevel::kWarning, warning);
  for (const std::string& warning : loaded.value().warnings) log(LogLevel::kWarning, warning);
  for (const std::string& note : loaded.value().notes) log(LogLevel::kInfo, note);
  return run_mirror(loaded.value().config, log);
}

}  // namespace kmirror::app
