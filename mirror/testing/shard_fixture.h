// For tests: a shard with all its loops, mirroring a FakeFlow in virtual time.
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "mirror/shard.h"
#include "mirror/testing/fake_flow.h"

namespace kmirror::mirror {

using net::Awaitable;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct ShardFixture : testing::Test {
  net::VirtualRuntime runtime;
  FakeFlow flow{runtime};
  std::size_t budget_bytes = 8 << 20;
  std::optional<Shard> shard;
  std::optional<std::int64_t> end;
  LaneMode mode = LaneMode::kIdentity;
  bool drained = false;
  Duration drain_time{};

  void topics(std::size_t partitions, std::size_t copies) {
    flow.cluster.topics["orders"].assign(partitions, 1);
    flow.cluster.topics["copy"].assign(copies, 2);
  }

  std::vector<LanePlan> plans() const {
    std::vector<LanePlan> made;
    const auto copies = static_cast<std::int32_t>(flow.cluster.topics.at("copy").size());
    const auto partitions = static_cast<std::int32_t>(flow.cluster.topics.at("orders").size());
    const auto credit = static_cast<std::size_t>(flow.config.source.max_partition_fetch_bytes);
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
      LanePlan plan{.start = {}, .end = end, .metadata = "note"};
      plan.lane = {.topic = "orders",
                   .partition = partition,
                   .destination_topic = "copy",
                   .mode = mode,
                   .destination_partitions = copies,
                   .credit_bytes = credit};
      made.push_back(std::move(plan));
    }
    return made;
  }

  void fill_keyed(int partition) {
    for (int first = 0; first < 200; first += 10) {
      TestBatch batch{.base_offset = first, .records = {}};
      for (int i = first; i < first + 10; ++i) {
        batch.records.push_back(
            {fmt::format("{}-{}", partition, i % 7), fmt::format("{}:{}", partition, i)});
      }
      flow.source[partition].push_back(source_batch(batch));
    }
  }

  void start_again() {
    shard.reset();
    flow.copy.clear();
    flow.source.clear();
    flow.producers.clear();
    flow.committed.clear();
  }

  Awaitable<void> begin() { return begin_with(plans()); }

  Awaitable<void> begin_with(std::vector<LanePlan> made) {
    shard.emplace(runtime, flow.config, 0, budget_bytes);
    const auto started = co_await shard->start(runtime.now() + seconds(10));
    EXPECT_TRUE(started);
    const auto added = co_await shard->add_lanes(std::move(made));
    EXPECT_TRUE(added);
  }

  // Looks every 10 ms whether all lanes have ended; false if they have not after `most`.
  Awaitable<bool> all_ended(Duration most) {
    net::Wakeup pause(runtime);
    const TimePoint deadline = runtime.now() + most;
    while (shard->report().ended_lanes < shard->report().lanes) {
      if (runtime.now() >= deadline) co_return false;
      co_await pause.wait(runtime.now() + milliseconds(10));
    }
    co_return true;
  }

  Awaitable<void> wait(Duration time) {
    net::Wakeup pause(runtime);
    co_await pause.wait(runtime.now() + time);
  }

  Awaitable<void> finish() {
    const TimePoint before = runtime.now();
    shard->stop_fetching();
    drained = co_await shard->drain(runtime.now() + seconds(30));
    drain_time = runtime.now() - before;
    const auto committed = co_await shard->commit(true);
    EXPECT_TRUE(committed);
    co_await shard->close();
  }

  // Mirrors up to the ends, and returns how long that took.
  Duration mirror_all(Duration most = seconds(60)) {
    runtime.run(begin());
    const TimePoint before = runtime.now();
    const bool ended = runtime.run(all_ended(most));
    EXPECT_TRUE(ended);
    const Duration took = runtime.now() - before;
    runtime.run(finish());
    EXPECT_TRUE(drained);
    return took;
  }
};

}  // namespace kmirror::mirror
