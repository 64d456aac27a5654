#include "protocol/messages/list_offsets.h"

#include "broker/testing/quiet_cluster.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::broker {
namespace {

using ListOffsetsTest = QuietCluster;

TEST_F(ListOffsetsTest, EachVersionTellsWhatItCan) {
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {}});
  const auto partition = cluster->find_partition("t", 0);
  partition->log.append(protocol::testing::batch_of({.records = {{.value = "v"}}}), 0, 1 << 20);
  cluster->on_appended(partition);

  protocol::ListOffsetsRequest request{.replica_id = -1, .topics = {}};
  request.topics.push_back({.name = "t", .partitions = {{.timestamp = -1}}});
  for (int version = 1; version <= 10; ++version) {
    const auto asked = ask(request, version);
    const auto& answer = asked->response.topics.at(0).partitions.at(0);
    EXPECT_EQ(answer.offset, 1);
    EXPECT_EQ(answer.leader_epoch, version < 4 ? -1 : 0);
  }
}

}  // namespace
}  // namespace kmirror::broker
