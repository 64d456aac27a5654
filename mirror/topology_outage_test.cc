// What the look for new topics says while the source is away.
#include <gtest/gtest.h>

#include "mirror/testing/shard_fixture.h"
#include "mirror/topology.h"

namespace kmirror::mirror {
namespace {

struct TopologyOutageTest : ShardFixture {
  void let_in(bool accepts) {
    for (const int broker : {1, 2}) {
      flow.cluster.broker(broker).accepts = accepts;
      flow.cluster.broker(broker).hang_up();
    }
  }
};

TEST_F(TopologyOutageTest, OnlyTheFirstLookFailsWithoutASource) {
  topics(1, 1);
  flow.config.topics = *TopicFilter::compile("nothing");
  runtime.run(begin());
  let_in(false);
  Topology topology(*shard, flow.config);
  EXPECT_FALSE(runtime.run(topology.plan_new_lanes()));
  let_in(true);
  EXPECT_TRUE(runtime.run(topology.plan_new_lanes()));
  let_in(false);
  const auto again = runtime.run(topology.plan_new_lanes());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again.value().empty());
  let_in(true);
  runtime.run(finish());
}

}  // namespace
}  // namespace kmirror::mirror
