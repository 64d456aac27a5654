#include "protocol/messages/describe_producers.h"

#include "broker/testing/batches.h"
#include "broker/testing/quiet_cluster.h"

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;

struct DescribeProducersTest : QuietCluster {
  DescribeProducersTest() : QuietCluster(3) {}
};

// Kafka's tool asks a follower when it is given --broker-id (KIP-664).
TEST_F(DescribeProducersTest, EveryReplicaAnswers) {
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {{1, 2}}});
  const auto partition = cluster->find_partition("t", 0);
  ASSERT_EQ(partition->leader(), 1);
  partition->log.append(batch({.records = 3, .producer_id = 7, .epoch = 0}), 0, 1 << 20);
  cluster->on_appended(partition);

  protocol::DescribeProducersRequest request;
  request.topics.push_back({.name = "t", .partition_indexes = {0}});
  for (const auto& node : cluster->nodes()) {
    const auto asked = ask(*node, request, 0);
    const auto& answer = asked->response.topics.at(0).partitions.at(0);
    if (node->id() == 3) {
      EXPECT_EQ(answer.error_code, ErrorCode::kNotLeaderOrFollower);
      continue;
    }
    EXPECT_EQ(answer.error_code, ErrorCode::kNone) << "node " << node->id();
    ASSERT_EQ(answer.active_producers.size(), 1);
    EXPECT_EQ(answer.active_producers[0].producer_id, 7);
    EXPECT_EQ(answer.active_producers[0].last_sequence, 2);
  }
}

}  // namespace
}  // namespace kmirror::broker
