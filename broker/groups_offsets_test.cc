#include "broker/groups.h"

#include "broker/testing/groups_fixture.h"
#include "broker/transactions.h"
#include "protocol/messages/offset_delete.h"
#include "protocol/messages/txn_offset_commit.h"

namespace kmirror::broker {
namespace {

using protocol::ErrorCode;
using protocol::JoinGroupRequest;
using protocol::OffsetCommitRequest;
using protocol::OffsetDeleteRequest;
using protocol::OffsetFetchRequest;
using protocol::TxnOffsetCommitRequest;
using GroupsOffsetsTest = GroupsFixture;

TEST_F(GroupsOffsetsTest, OffsetsAreCommittedAndRead) {
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {}});
  EXPECT_EQ(fetch().committed_offset, -1);
  EXPECT_EQ(commit(commit_request("", 1)), ErrorCode::kGroupIdNotFound);
  EXPECT_EQ(commit(commit_request("", 1), 8), ErrorCode::kIllegalGeneration);
  EXPECT_EQ(commit(commit_request()), ErrorCode::kNone);
  EXPECT_EQ(fetch().committed_offset, 5);
  EXPECT_EQ(fetch().committed_leader_epoch, 3);
  EXPECT_EQ(fetch().metadata, "note");

  const std::string id = make_member();
  EXPECT_EQ(commit(commit_request()), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(commit(commit_request(id, 1, 9)), ErrorCode::kNone);
  EXPECT_EQ(fetch().committed_offset, 9);

  OffsetFetchRequest all{.group_id = "g", .topics = std::nullopt, .groups = {}};
  auto read = ask(all, 7);
  ASSERT_EQ(read->response.topics.size(), 1u);
  EXPECT_EQ(read->response.topics[0].name, "t");
  EXPECT_EQ(read->response.topics[0].partitions.at(0).committed_offset, 9);
  cluster->recreate_topic("t");
  EXPECT_EQ(ask(all, 7)->response.topics.size(), 0u);
}

TEST_F(GroupsOffsetsTest, PartitionsThatDoNotExistAreToldFirst) {
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {}});
  OffsetCommitRequest request = commit_request();
  request.topics[0].partitions.push_back(request.topics[0].partitions[0]);
  request.topics[0].partitions[1].partition_index = 1;
  request.topics.push_back({.name = "u", .partitions = request.topics[0].partitions});
  auto asked = ask(request, 9);
  const auto& topics = asked->response.topics;
  ASSERT_EQ(topics.size(), 2u);
  EXPECT_EQ(topics[0].partitions.at(0).partition_index, 1);
  EXPECT_EQ(topics[0].partitions.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(topics[0].partitions.at(1).partition_index, 0);
  EXPECT_EQ(topics[0].partitions.at(1).error_code, ErrorCode::kNone);
  EXPECT_EQ(topics[1].partitions.size(), 2u);

  // Of none that exists the group hears nothing.
  request.topics.erase(request.topics.begin());
  request.group_id = "h";
  ask(request, 9);
  EXPECT_EQ(cluster->groups().find("h"), nullptr);
}

TEST_F(GroupsOffsetsTest, OffsetsOfATransactionAreUnstableUntilItEnds) {
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {}});
  commit(commit_request());
  Transactions& transactions = cluster->transactions();
  const auto producer = transactions.init("tx", std::chrono::minutes(1), {}).producer;
  TxnOffsetCommitRequest request{.transactional_id = "tx",
                                 .group_id = "g",
                                 .producer_id = producer.id,
                                 .producer_epoch = producer.epoch,
                                 .group_instance_id = {},
                                 .topics = {}};
  request.topics.push_back({.name = "t", .partitions = {}});
  request.topics[0].partitions.push_back({.partition_index = 0, .committed_offset = 8});
  auto unknown = ask(request, 3);
  EXPECT_EQ(unknown->response.topics.at(0).partitions.at(0).error_code,
            ErrorCode::kInvalidTxnState);
  transactions.add("tx", producer, {Transactions::partition_of_group("g")},
                   Transaction::Version::k1);
  auto committed = ask(request, 3);
  EXPECT_EQ(committed->response.topics.at(0).partitions.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(fetch().committed_offset, 5);
  EXPECT_EQ(fetch(true).error_code, ErrorCode::kUnstableOffsetCommit);
  transactions.end("tx", producer, true, Transaction::Version::k1);
  EXPECT_EQ(fetch(true).error_code, ErrorCode::kNone);
  EXPECT_EQ(fetch(true).committed_offset, 8);
}

TEST_F(GroupsOffsetsTest, OffsetsAreDeletedWhereNobodyReads) {
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {}});
  OffsetDeleteRequest request{.group_id = "g", .topics = {}};
  request.topics.push_back({.name = "t", .partitions = {{.partition_index = 0}}});
  EXPECT_EQ((*ask(request, 0))->error_code, ErrorCode::kGroupIdNotFound);
  commit(commit_request());
  auto deleted = ask(request, 0);
  EXPECT_EQ(deleted->response.topics.at(0).partitions.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(fetch().committed_offset, -1);

  // Its member's subscription cannot be read, so it may read anything.
  make_member();
  deleted = ask(request, 0);
  EXPECT_EQ(deleted->response.topics.at(0).partitions.at(0).error_code,
            ErrorCode::kGroupSubscribedToTopic);

  JoinGroupRequest connect = join_request();
  connect.group_id = request.group_id = "connect";
  connect.protocol_type = "connect";
  ask(connect, 3);
  EXPECT_EQ((*ask(request, 0))->error_code, ErrorCode::kNonEmptyGroup);
}

}  // namespace
}  // namespace kmirror::broker
