// script/sim: runs many seeds, or one with its story. Some seeds run twice and have to do the very
// same.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/parse_number.h"
#include "sim/scenario.h"

namespace kmirror::sim {

namespace {

constexpr std::uint64_t kTwiceEvery = 10;
constexpr std::uint64_t kSeedsForProbes = 300;  // with fewer, some are not reached by chance

struct Flags {
  std::uint64_t from = 1;
  std::uint64_t seeds = 0;
  std::optional<std::uint64_t> half_from;  // of the second half of the seeds
  std::optional<std::uint64_t> story;
};

std::optional<Flags> parse_flags(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const bool takes =
        (flag == "--seeds" || flag == "--from" || flag == "--half-from") && i + 1 < argc;
    const auto number = parse_number<std::uint64_t>(takes ? argv[++i] : argv[i]);
    if (!number) return std::nullopt;
    if (flag == "--seeds") {
      flags.seeds = *number;
    } else if (flag == "--from") {
      flags.from = *number;
    } else if (flag == "--half-from") {
      flags.half_from = *number;
    } else {
      flags.story = number;
    }
  }
  if (!flags.story && flags.seeds == 0) return std::nullopt;
  return flags;
}

int tell_story(std::uint64_t seed) {
  const Options options = draw_options(seed);
  std::printf("%s\n", options.to_string().c_str());
  const Result result =
      run_scenario(options, [](TimePoint when, std::string_view who, std::string_view line) {
        const double s = std::chrono::duration<double>(when.time_since_epoch()).count();
        std::printf("%s\n", fmt::format("{:12.6f} {:10} {}", s, who, line).c_str());
      });
  for (const auto& [name, count] : result.probes.counts()) {
    std::printf("%s\n", fmt::format("{:8} {}", count, name).c_str());
  }
  std::printf("%s\n", fmt::format("seed {}: {} records, {} events, trace {:016x}\n{}", seed,
                                  result.records, result.events, result.trace_hash,
                                  result.problem.empty() ? "clean" : "FAILED: " + result.problem)
                          .c_str());
  return result.problem.empty() ? 0 : 1;
}

// Of this thread, for those who look for what ended the program.
thread_local std::uint64_t running_seed = 0;

void tell_seed(int signal) {
  std::fprintf(stderr, "seed %llu ends the program\n",
               static_cast<unsigned long long>(running_seed));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// All seeds of a run, shared by its threads.
struct Runs {
  const Flags& flags;
  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;
  Probes probes;
  std::uint64_t failed = 0;
  std::uint64_t twice = 0;
  std::int64_t records = 0;
  std::uint64_t events = 0;
  double simulated_s = 0;

  void work() {
    for (std::uint64_t i = next++; i < flags.seeds; i = next++) {
      const std::uint64_t half = flags.seeds / 2;
      const bool second = flags.half_from && i >= half;
      run(second ? *flags.half_from + i - half : flags.from + i);
    }
  }

  void run(std::uint64_t seed) {
    running_seed = seed;
    const Options options = draw_options(seed);
    Result result = run_scenario(options, {});
    const bool again = seed % kTwiceEvery == 0;
    if (again && result.problem.empty()) {
      const Result second = run_scenario(options, {});
      if (second.trace_hash != result.trace_hash) result.problem = "the second run went otherwise";
    }
    const std::lock_guard lock(mutex);
    probes.add(result.probes);
    twice += again ? 1 : 0;
    records += result.records;
    events += result.events;
    simulated_s += std::chrono::duration<double>(result.time).count();
    if (result.problem.empty()) return;
    ++failed;
    std::printf("%s\n", fmt::format("seed {} FAILED: {}\n{}\nscript/sim {} tells its story", seed,
                                    result.problem, options.to_string(), seed)
                            .c_str());
    std::fflush(stdout);
  }
};

int run_all(const Flags& flags) {
  std::signal(SIGABRT, &tell_seed);
  std::signal(SIGSEGV, &tell_seed);
  std::signal(SIGFPE, &tell_seed);
  Runs runs{.flags = flags, .mutex = {}, .probes = {}};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&runs] { runs.work(); });
  }
  for (std::thread& thread : threads) thread.join();
  int unreached = 0;
  for (const ProbeName& probe : probe_names()) {
    const auto found = runs.probes.counts().find(probe.name);
    const std::uint64_t count = found == runs.probes.counts().end() ? 0 : found->second;
    std::printf("%s\n", fmt::format("{:12} {}: {}", count, probe.name, probe.meaning).c_str());
    if (count == 0) ++unreached;
  }
  std::printf("%s\n",
              fmt::format("{} seeds from {}{}: {} clean, {} failed, {} run twice; {} records, {} "
                          "events, {:.0f} hours simulated",
                          flags.seeds, flags.from,
                          flags.half_from ? fmt::format(" and {}", *flags.half_from) : "",
                          flags.seeds - runs.failed, runs.failed, runs.twice, runs.records,
                          runs.events, runs.simulated_s / 3600)
                  .c_str());
  const bool probes_count = flags.seeds >= kSeedsForProbes;
  if (unreached > 0 && probes_count) {
    std::printf("%d probes were never reached\n", unreached);
  }
  return runs.failed > 0 || (unreached > 0 && probes_count) ? 1 : 0;
}

}  // namespace

}  // namespace kmirror::sim

int main(int argc, char** argv) {
  const auto flags = kmirror::sim::parse_flags(argc, argv);
  if (!flags) {
    std::fprintf(stderr, "usage: sim --seeds N [--from S] [--half-from S] | sim SEED\n");
    return 2;
  }
  return flags->story ? kmirror::sim::tell_story(*flags->story) : kmirror::sim::run_all(*flags);
}
