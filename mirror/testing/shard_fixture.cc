#include "mirror/testing/shard_fixture.h"

namespace kmirror::mirror {

ShardFixture::ShardFixture() = default;

ShardFixture::~ShardFixture() = default;

void ShardFixture::topics(std::size_t partitions, std::size_t copies) {
  flow.cluster.topics["orders"].assign(partitions, 1);
  flow.cluster.topics["copy"].assign(copies, 2);
}

std::vector<LanePlan> ShardFixture::plans() const {
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
                 .credit_bytes = credit,
                 .coalesce = false};  // Small batches stand for larger ones.
    made.push_back(std::move(plan));
  }
  return made;
}

void ShardFixture::fill_keyed(int partition) {
  for (int first = 0; first < 200; first += 10) {
    TestBatch batch{.base_offset = first, .records = {}};
    for (int i = first; i < first + 10; ++i) {
      batch.records.push_back(
          {fmt::format("{}-{}", partition, i % 7), fmt::format("{}:{}", partition, i)});
    }
    flow.source[partition].push_back(source_batch(batch));
  }
}

void ShardFixture::start_again() {
  shard.reset();
  flow.copy.clear();
  flow.source.clear();
  flow.producers.clear();
  flow.log.clear();
  flow.committed.clear();
}

Awaitable<void> ShardFixture::begin() {
  return begin_with(plans());
}

Awaitable<void> ShardFixture::begin_with(std::vector<LanePlan> made) {
  shard.emplace(runtime, flow.config, 0, budget_bytes);
  const auto started = co_await shard->start(runtime.now() + seconds(10));
  EXPECT_TRUE(started);
  const auto added = co_await shard->add_lanes(std::move(made));
  EXPECT_TRUE(added);
}

Awaitable<bool> ShardFixture::all_ended(Duration most) {
  net::Wakeup pause(runtime);
  const TimePoint deadline = runtime.now() + most;
  while (shard->report().ended_lanes < shard->report().lanes) {
    if (runtime.now() >= deadline) co_return false;
    co_await pause.wait(runtime.now() + milliseconds(10));
  }
  co_return true;
}

Awaitable<void> ShardFixture::wait(Duration time) {
  net::Wakeup pause(runtime);
  co_await pause.wait(runtime.now() + time);
}

Awaitable<void> ShardFixture::finish() {
  const TimePoint before = runtime.now();
  shard->stop_fetching();
  drained = co_await shard->drain(runtime.now() + seconds(30));
  drain_time = runtime.now() - before;
  const auto committed = co_await shard->commit(true);
  EXPECT_TRUE(committed);
  co_await shard->close();
}

Duration ShardFixture::mirror_all(Duration most) {
  runtime.run(begin());
  const TimePoint before = runtime.now();
  const bool ended = runtime.run(all_ended(most));
  EXPECT_TRUE(ended);
  const Duration took = runtime.now() - before;
  runtime.run(finish());
  EXPECT_TRUE(drained);
  return took;
}

}  // namespace kmirror::mirror
