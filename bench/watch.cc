// Waits until a topic holds so many records, looking at the ends of its partitions again and again.
// Prints a line of JSON: when it saw them, by the clock that all processes of a machine share, and
// how many records there are. Counts offsets, so control records count too.
#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "app/console/broker_flags.h"
#include "app/console/console_flags.h"
#include "app/console/session.h"
#include "app/flags.h"
#include "net/admin.h"
#include "net/wakeup.h"

namespace kmirror::bench {
namespace {

using net::Awaitable;
using std::chrono::milliseconds;

struct Work {
  std::string topic;
  std::int64_t records = 0;
  std::int64_t every_ms = 20;
  std::int64_t timeout_ms = 600'000;
};

Awaitable<net::Result<std::int64_t>> count_records(net::Cluster& cluster, std::string topic) {
  std::vector<net::TopicPartition> partitions;
  const auto found = cluster.metadata().topics.find(topic);
  if (found == cluster.metadata().topics.end()) co_return std::int64_t{0};
  const auto count = static_cast<std::int32_t>(found->second.partitions.size());
  for (std::int32_t i = 0; i < count; ++i) partitions.push_back({topic, i});
  const auto ends =
      co_await net::list_offsets(cluster, std::move(partitions), net::OffsetSpec::kLatest, false);
  if (!ends) co_return ends.error();
  std::int64_t records = 0;
  for (const auto& [where, end] : ends.value()) records += end.offset;
  co_return records;
}

// A topic that is not there yet has no records.
Awaitable<int> watch(net::Cluster& cluster, Work work) {
  net::Runtime& runtime = cluster.runtime();
  net::Wakeup pause(runtime);
  const TimePoint deadline = runtime.now() + milliseconds(work.timeout_ms);
  cluster.track(work.topic);
  for (;;) {
    if (!cluster.metadata().topics.contains(work.topic)) co_await cluster.refresh();
    const auto records = co_await count_records(cluster, work.topic);
    const TimePoint now = runtime.now();
    if (!records) {
      app::print_error(records.error().text);
      co_return app::kExitError;
    }
    if (records.value() >= work.records || now >= deadline) {
      const std::chrono::duration<double> seconds = now.time_since_epoch();
      fmt::print("{{\"at_s\":{:.6f},\"records\":{}}}\n", seconds.count(), records.value());
      co_return app::kExitOk;
    }
    co_await pause.wait(now + milliseconds(work.every_ms));
  }
}

int run(int argc, char** argv) {
  Work work;
  app::BrokerFlags brokers;
  app::Flags flags("Waits until a topic holds so many records.", "watch");
  app::add_broker_flags(flags, brokers);
  flags.add("--topic", work.topic, "the topic").required();
  flags.add("--records", work.records, "how many; 0 tells how many there are").required();
  flags.add("--every-ms", work.every_ms, "between two looks").shows_default();
  flags.add("--timeout-ms", work.timeout_ms, "after which what is there is told").shows_default();
  if (const app::Exit exit = flags.parse(argc, argv)) return *exit;
  const auto settings = app::session_settings(brokers, "kmirror-bench");
  if (!settings) return app::kExitError;
  return app::run_session(*settings, [&](net::Cluster& cluster) { return watch(cluster, work); });
}

}  // namespace
}  // namespace kmirror::bench

int main(int argc, char** argv) {
  return kmirror::bench::run(argc, argv);
}
