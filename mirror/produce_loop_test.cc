#include "mirror/produce_loop.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mirror/testing/shard_fixture.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;

struct ProduceLoopTest : ShardFixture {
  std::vector<std::size_t> sizes() {
    std::vector<std::size_t> all;
    for (int partition = 0; partition < 4; ++partition) all.push_back(flow.copy[partition].size());
    return all;
  }
};

TEST_F(ProduceLoopTest, PartitionsTakeTurnsWhereARequestHasRoomForOne) {
  topics(4, 4);
  flow.config.destination.max_request_size = 1;
  flow.produce_time = milliseconds(10);
  for (int partition = 0; partition < 4; ++partition) flow.fill(partition, 1000, 1);
  runtime.run(begin());
  runtime.run(wait(milliseconds(600)));
  const auto [least, most] = std::ranges::minmax(sizes());
  EXPECT_GT(least, 5u);
  EXPECT_LT(most, 1000u);
  // Who is first acknowledged has the five requests to itself until the others are.
  EXPECT_LE(most - least, 5u);
  runtime.run(finish());
}

// A window that waits for its next try is in nobody's way, and its turn comes again.
TEST_F(ProduceLoopTest, ARefusedPartitionIsTriedAgainWhileTheOthersGoOn) {
  topics(4, 4);
  for (int partition = 0; partition < 4; ++partition) flow.fill(partition, 10, 4);
  int tries = 0;
  flow.refusal = [&tries](std::int32_t partition, const auto&) {
    if (partition != 2 || ++tries > 5) return ErrorCode::kNone;
    return ErrorCode::kNotEnoughReplicas;
  };
  runtime.run(begin());
  runtime.run(wait(milliseconds(600)));
  EXPECT_EQ(sizes(), (std::vector<std::size_t>{40, 40, 0, 40}));
  runtime.run(wait(seconds(10)));
  EXPECT_EQ(flow.copy[2], FakeFlow::numbers(0, 40));
  runtime.run(finish());
}

}  // namespace
}  // namespace kmirror::mirror
