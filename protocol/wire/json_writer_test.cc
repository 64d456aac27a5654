#include "protocol/wire/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

#include "protocol/messages/alter_client_quotas.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"

namespace kmirror::protocol {
namespace {

TEST(Json, ShowsTheFieldsOfTheVersionInTheirOrder) {
  MetadataRequest request;
  request.topics->push_back({.name = "a\"b"});
  EXPECT_EQ(to_json(request, 4), R"({"topics":[{"name":"a\"b"}],"allowAutoTopicCreation":true})");
  EXPECT_EQ(to_json(request, 0), R"({"topics":[{"name":"a\"b"}]})");
  request.topics.reset();
  EXPECT_EQ(to_json(request, 1), R"({"topics":null})");
}

TEST(Json, RecordsAreASizeAndTagsAppearWhenSet) {
  const Buffer bytes(12);
  FetchResponse response;
  FetchResponse::Partition& partition = response.responses.emplace_back().partitions.emplace_back();
  partition.records = RecordsView(bytes);
  partition.aborted_transactions.reset();
  EXPECT_EQ(to_json(response, 12),
            R"({"throttleTimeMs":0,"errorCode":0,"sessionId":0,"responses":[{"topic":"",)"
            R"("partitions":[{"partitionIndex":0,"errorCode":0,"highWatermark":0,)"
            R"("lastStableOffset":-1,"logStartOffset":-1,"abortedTransactions":null,)"
            R"("preferredReadReplica":-1,"recordsSizeInBytes":12}]}]})");
  partition.records.reset();
  partition.current_leader.leader_id = 4;
  const std::string json = to_json(response, 12);
  EXPECT_NE(json.find(R"("currentLeader":{"leaderId":4,"leaderEpoch":-1})"), std::string::npos);
  EXPECT_NE(json.find(R"("records":null)"), std::string::npos);
}

TEST(Json, BytesAreBase64AndTextIsMadeValid) {
  const Buffer bytes = {0xFB, 0xFF};
  DescribeGroupsResponse response;
  DescribeGroupsResponse::Group& group = response.groups.emplace_back();
  group.group_id = "\xFF";
  group.members.emplace_back().member_metadata = bytes;
  const std::string json = to_json(response, 0);
  EXPECT_NE(json.find(R"("memberMetadata":"+/8=")"), std::string::npos) << json;
  EXPECT_NE(json.find("\"groupId\":\"\xEF\xBF\xBD\""), std::string::npos) << json;
}

// As Jackson writes them.
TEST(Json, FloatsAreNumbersWhereJsonHasThem) {
  using Limits = std::numeric_limits<double>;
  AlterClientQuotasRequest request;
  auto& ops = request.entries.emplace_back().ops;
  for (const double value : {1048576.0, 0.1, Limits::quiet_NaN(), -Limits::infinity()}) {
    ops.push_back({.key = "", .value = value});
  }
  EXPECT_EQ(to_json(request, 0),
            R"({"entries":[{"entity":[],"ops":[{"key":"","value":1048576.0,"remove":false},)"
            R"({"key":"","value":0.1,"remove":false},{"key":"","value":"NaN","remove":false},)"
            R"({"key":"","value":"-Infinity","remove":false}]}],"validateOnly":false})");
}

}  // namespace
}  // namespace kmirror::protocol
