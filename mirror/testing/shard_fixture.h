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
  ShardFixture();
  ~ShardFixture() override;

  net::VirtualRuntime runtime;
  FakeFlow flow{runtime};
  std::size_t budget_bytes = 8 << 20;
  std::optional<Shard> shard;
  std::optional<std::int64_t> end;
  LaneMode mode = LaneMode::kIdentity;
  bool drained = false;
  Duration drain_time{};

  void topics(std::size_t partitions, std::size_t copies);

  std::vector<LanePlan> plans() const;

  void fill_keyed(int partition);

  void start_again();

  Awaitable<void> begin();

  Awaitable<void> begin_with(std::vector<LanePlan> made);

  // Looks every 10 ms whether all lanes have ended; false if they have not after `most`.
  Awaitable<bool> all_ended(Duration most);

  Awaitable<void> wait(Duration time);

  Awaitable<void> finish();

  // Mirrors up to the ends, and returns how long that took.
  Duration mirror_all(Duration most = seconds(60));
};

}  // namespace kmirror::mirror
