#include "broker/refuse.h"

#include "broker/testing/quiet_cluster.h"
#include "protocol/messages/fetch.h"

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

class RefuseTest : public QuietCluster {
 protected:
  FetchResponse refused(ErrorCode error, int version) {
    const CallContext call{.cluster = *cluster,
                           .node = *cluster->nodes().front(),
                           .version = static_cast<std::int16_t>(version),
                           .client_id = "client"};
    FetchRequest request{.session_id = 77, .session_epoch = 3};
    request.topics.push_back({.topic = "t", .partitions = {{.partition = 4}}});
    FetchResponse response;
    EXPECT_TRUE(refuse(call, error, request, response));
    return response;
  }
};

// FetchResponse has an error of its own for sessions (KIP-227, version 7), and none before.
TEST_F(RefuseTest, AFetchIsRefusedByPartitionUnlessItsSessionIsWrong) {
  for (const int version : {4, 6, 7, 12, 17}) {
    for (const ErrorCode error :
         {ErrorCode::kNotLeaderOrFollower, ErrorCode::kInvalidFetchSessionEpoch,
          ErrorCode::kFetchSessionIdNotFound, ErrorCode::kFetchSessionTopicIdError}) {
      const bool of_session = version >= 7 && error != ErrorCode::kNotLeaderOrFollower;
      const FetchResponse response = refused(error, version);
      EXPECT_EQ(response.error_code, of_session ? error : ErrorCode::kNone) << version;
      EXPECT_EQ(response.session_id, 0) << version;
      ASSERT_EQ(response.responses.size(), of_session ? 0u : 1u) << version;
      if (of_session) continue;
      const FetchResponse::Topic& topic = response.responses[0];
      EXPECT_EQ(topic.topic, "t");
      ASSERT_EQ(topic.partitions.size(), 1u);
      EXPECT_EQ(topic.partitions[0].partition_index, 4);
      EXPECT_EQ(topic.partitions[0].error_code, error);
    }
  }
}

}  // namespace
}  // namespace kmirror::broker
