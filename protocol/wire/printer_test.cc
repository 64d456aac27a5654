#include "protocol/wire/printer.h"

#include <gtest/gtest.h>

#include <limits>

#include "protocol/messages/api_versions.h"
#include "protocol/messages/describe_client_quotas.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/sasl_authenticate.h"

namespace kmirror::protocol {
namespace {

TEST(Printer, ShowsTheFieldsOfTheVersion) {
  MetadataRequest request;
  request.topics->push_back({.name = "orders \"\n"});
  EXPECT_EQ(print(request, 0), R"(topics=[{name="orders \"\n"}])");
  EXPECT_EQ(print(request, 4), R"(topics=[{name="orders \"\n"}] allowAutoTopicCreation=true)");
  request.topics->front().name = "\xFFx\xC3";
  EXPECT_EQ(print(request, 0), R"(topics=[{name="\xffx\xc3"}])");
  request.topics.reset();
  EXPECT_EQ(print(request, 1), "topics=null");
}

TEST(Printer, OfLongArraysTheFirstElements) {
  MetadataResponse response;
  MetadataResponse::Partition& partition = response.topics.emplace_back().partitions.emplace_back();
  partition.error_code = ErrorCode::kLeaderNotAvailable;
  partition.replica_nodes = {1, 2, 3};
  partition.isr_nodes = {1, 2, 3, 4, 5};
  EXPECT_EQ(print(response, 0),
            R"(brokers=[] topics=[{errorCode=NONE name="" partitions=[{)"
            "errorCode=LEADER_NOT_AVAILABLE partitionIndex=0 leaderId=0 replicaNodes=[1 2 3] "
            "isrNodes=[1 2 3 +2 more]}]}]");
}

TEST(Printer, ACodeThatIsNotListedIsItsNumber) {
  ApiVersionsResponse response;
  response.error_code = static_cast<ErrorCode>(9999);
  EXPECT_EQ(print(response, 0), "errorCode=9999 apiKeys=[]");
}

TEST(Printer, RecordsAreASizeAndTagsAppearWhenSet) {
  const Buffer bytes(12);
  FetchResponse response;
  FetchResponse::Partition& partition = response.responses.emplace_back().partitions.emplace_back();
  partition.records = RecordsView(bytes);
  partition.current_leader.leader_id = 4;
  partition.unknown_tagged_fields.push_back({40, bytes});
  EXPECT_EQ(print(response, 12),
            R"(throttleTimeMs=0 errorCode=NONE sessionId=0 responses=[{topic="" partitions=[{)"
            "partitionIndex=0 errorCode=NONE highWatermark=0 lastStableOffset=-1 "
            "logStartOffset=-1 currentLeader={leaderId=4 leaderEpoch=-1} abortedTransactions=[] "
            "preferredReadReplica=-1 records=12 bytes tag40=12 bytes}]}]");
}

TEST(Printer, NeverShowsASecret) {
  IncrementalAlterConfigsRequest request;
  auto& configs = request.resources.emplace_back().configs;
  configs.push_back({.name = "sasl.jaas.config", .config_operation = 0, .value = "swordfish"});
  configs.push_back({.name = "x", .config_operation = 1, .value = std::nullopt});
  EXPECT_EQ(print(request, 0), R"(resources=[{resourceType=0 resourceName="" configs=[)"
                               R"({name="sasl.jaas.config" configOperation=0 value=***} )"
                               R"({name="x" configOperation=1 value=null}]}] validateOnly=false)");
  SaslAuthenticateRequest authenticate;
  authenticate.auth_bytes = as_bytes("swordfish");
  EXPECT_EQ(print(authenticate, 0), "authBytes=***");
}

TEST(Printer, Floats) {
  DescribeClientQuotasResponse response;
  auto& values = response.entries->emplace_back().values;
  values.push_back({.key = "a", .value = 1048576.5});
  values.push_back({.key = "b", .value = -std::numeric_limits<double>::infinity()});
  EXPECT_EQ(print(response, 0),
            R"(throttleTimeMs=0 errorCode=NONE errorMessage="" entries=[{entity=[] values=[)"
            R"({key="a" value=1048576.5} {key="b" value=-inf}]}])");
}

}  // namespace
}  // namespace kmirror::protocol
