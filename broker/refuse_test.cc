#include "broker/refuse.h"

#include "broker/testing/quiet_cluster.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

class RefuseTest : public QuietCluster {
 protected:
  CallContext call_of(int version) {
    return {.cluster = *cluster,
            .node = *cluster->nodes().front(),
            .version = static_cast<std::int16_t>(version),
            .client_id = "client"};
  }

  FetchResponse refused(ErrorCode error, int version) {
    CallContext call = call_of(version);
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

// An answer without topics would say that there are none.
TEST_F(RefuseTest, MetadataOfAllTopicsIsRefusedByTopic) {
  cluster->create_topic("t", {.partitions = 2, .config = {}, .assignment = {}});
  CallContext call = call_of(12);
  protocol::MetadataRequest request;
  request.topics = std::nullopt;
  protocol::MetadataResponse response;
  EXPECT_TRUE(refuse(call, ErrorCode::kLeaderNotAvailable, request, response));
  EXPECT_EQ(response.brokers.size(), cluster->nodes().size());
  ASSERT_EQ(response.topics.size(), 1u);
  EXPECT_EQ(response.topics[0].name, "t");
  EXPECT_EQ(response.topics[0].error_code, ErrorCode::kLeaderNotAvailable);
  EXPECT_TRUE(response.topics[0].partitions.empty());
}

}  // namespace
}  // namespace kmirror::broker
