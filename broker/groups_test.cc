#include "broker/groups.h"

#include "broker/testing/groups_fixture.h"
#include "protocol/messages/delete_groups.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/leave_group.h"
#include "protocol/messages/list_groups.h"

namespace kmirror::broker {
namespace {

using protocol::DeleteGroupsRequest;
using protocol::DescribeGroupsRequest;
using protocol::ErrorCode;
using protocol::JoinGroupRequest;
using protocol::LeaveGroupRequest;
using protocol::ListGroupsRequest;
using protocol::OffsetCommitRequest;
using protocol::SyncGroupRequest;
using std::chrono::seconds;
using GroupsTest = GroupsFixture;

TEST_F(GroupsTest, AMemberFromItsFirstRequestToItsLast) {
  const std::string id = make_member();
  EXPECT_EQ(heartbeat(id, 1), ErrorCode::kNone);
  EXPECT_EQ(heartbeat(id, 2), ErrorCode::kIllegalGeneration);

  auto described =
      ask(DescribeGroupsRequest{.groups = {"g", "h"}, .include_authorized_operations = true}, 6);
  const auto& group = described->response.groups.at(0);
  EXPECT_EQ(group.group_state, "Stable");
  EXPECT_EQ(group.protocol_type, "consumer");
  EXPECT_EQ(group.protocol_data, "range");
  EXPECT_EQ(group.authorized_operations, 3400);
  ASSERT_EQ(group.members.size(), 1u);
  EXPECT_EQ(group.members[0].member_id, id);
  EXPECT_EQ(group.members[0].client_id, "client");
  EXPECT_EQ(group.members[0].member_metadata.size(), 1u);
  const auto& missing = described->response.groups.at(1);
  EXPECT_EQ(missing.error_code, ErrorCode::kGroupIdNotFound);
  EXPECT_EQ(missing.error_message, "Group h not found.");
  EXPECT_EQ(missing.group_state, "Dead");
  EXPECT_EQ(ask(DescribeGroupsRequest{.groups = {"h"}}, 5)->response.groups[0].error_code,
            ErrorCode::kNone);

  EXPECT_EQ(ask(DeleteGroupsRequest{.groups_names = {"g"}}, 2)->response.results[0].error_code,
            ErrorCode::kNonEmptyGroup);
  auto left = ask(LeaveGroupRequest{.group_id = "g", .members = {{.member_id = id}, {"x"}}}, 5);
  EXPECT_EQ(left->response.members.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(left->response.members.at(1).error_code, ErrorCode::kUnknownMemberId);
  EXPECT_EQ(heartbeat(id, 1), ErrorCode::kUnknownMemberId);
  auto deleted = ask(DeleteGroupsRequest{.groups_names = {"g", "g", "h"}}, 2);
  ASSERT_EQ(deleted->response.results.size(), 2u);
  EXPECT_EQ(deleted->response.results[0].error_code, ErrorCode::kNone);
  EXPECT_EQ(deleted->response.results[1].error_code, ErrorCode::kGroupIdNotFound);
  EXPECT_EQ(cluster->groups().all().size(), 0u);
}

// Simulations end waits early, so that what waits looks again.
TEST_F(GroupsTest, WhoIsWokenForNothingGoesOnWaiting) {
  const std::string leader = make_member();
  const std::string other(ask(join_request(), 9)->response.member_id);
  const auto some_times = [left = 5](std::string_view) mutable { return left-- > 0; };
  world.buggify = some_times;
  auto second = ask(join_request(other), 9);
  EXPECT_FALSE(second->is_answered);
  auto first = ask(join_request(leader), 9);
  ASSERT_TRUE(first->is_answered);
  ASSERT_TRUE(second->is_answered);
  world.buggify = some_times;
  auto synced = ask(sync_request(other, 2), 5);
  EXPECT_FALSE(synced->is_answered);
  ask(sync_request(leader, 2), 5);
  EXPECT_TRUE(synced->is_answered);
  EXPECT_EQ((*synced)->error_code, ErrorCode::kNone);
}

TEST_F(GroupsTest, JoinGroupAndSyncGroupWaitForTheOthers) {
  const std::string leader = make_member();
  const std::string other(ask(join_request(), 9)->response.member_id);
  auto other_join = ask(join_request(other), 9);
  EXPECT_FALSE(other_join->is_answered);
  EXPECT_EQ(heartbeat(leader, 1), ErrorCode::kRebalanceInProgress);
  auto leader_join = ask(join_request(leader), 9);
  ASSERT_TRUE(other_join->is_answered);
  EXPECT_EQ(leader_join->response.members.size(), 2u);
  EXPECT_EQ(other_join->response.leader, leader);

  auto other_sync = ask(sync_request(other, 2), 5);
  EXPECT_FALSE(other_sync->is_answered);
  const Buffer work = {4, 2};
  SyncGroupRequest from_leader = sync_request(leader, 2);
  from_leader.assignments.push_back({.member_id = other, .assignment = work});
  ask(from_leader, 5);
  ASSERT_TRUE(other_sync->is_answered);
  EXPECT_EQ(Buffer(other_sync->response.assignment.begin(), other_sync->response.assignment.end()),
            work);
}

TEST_F(GroupsTest, SessionsEndWithTime) {
  const std::string id = make_member();
  pass(seconds(9));
  EXPECT_EQ(heartbeat(id, 1), ErrorCode::kNone);
  pass(seconds(9));
  EXPECT_EQ(heartbeat(id, 1), ErrorCode::kNone);
  pass(seconds(11));
  EXPECT_EQ(heartbeat(id, 1), ErrorCode::kUnknownMemberId);

  const std::string next(ask(join_request(), 9)->response.member_id);
  ask(join_request(next), 9);
  cluster->groups().expire_session("g", next);
  EXPECT_EQ(heartbeat(next, 3), ErrorCode::kUnknownMemberId);
}

TEST_F(GroupsTest, ANewGroupWaitsAsTheClusterIsTold) {
  start({.nodes = {{.id = 1, .runtime = &runtime}}, .initial_rebalance_delay = seconds(3)});
  const std::string id(ask(join_request(), 9)->response.member_id);
  auto join = ask(join_request(id), 9);
  pass(seconds(2));
  EXPECT_FALSE(join->is_answered);
  pass(seconds(1));
  EXPECT_TRUE(join->is_answered);
}

TEST_F(GroupsTest, WhatIsWrongWithARequestIsTold) {
  const struct {
    std::string_view group_id;
    std::int32_t session_timeout_ms;
    std::string_view member_id;
    ErrorCode error;
  } kRows[] = {
      {"", 10'000, "", ErrorCode::kInvalidGroupId},
      {"g", 5'999, "", ErrorCode::kInvalidSessionTimeout},
      {"g", 6'000, "", ErrorCode::kMemberIdRequired},
      {"g", 1'800'000, "", ErrorCode::kMemberIdRequired},
      {"g", 1'800'001, "", ErrorCode::kInvalidSessionTimeout},
      {"h", 10'000, "member", ErrorCode::kUnknownMemberId},
  };
  for (const auto& row : kRows) {
    JoinGroupRequest request = join_request(row.member_id);
    request.group_id = row.group_id;
    request.session_timeout_ms = row.session_timeout_ms;
    auto asked = ask(request, 9);
    EXPECT_EQ(asked->response.error_code, row.error);
    EXPECT_EQ(asked->response.generation_id, -1);
    EXPECT_EQ(asked->response.protocol_name, std::nullopt);
  }
  EXPECT_EQ(ask(join_request("member"), 6)->response.protocol_name, "");
  EXPECT_EQ(cluster->groups().find("h"), nullptr);

  SyncGroupRequest without_protocol = sync_request("member", 1);
  without_protocol.protocol_name.reset();
  EXPECT_EQ((*ask(without_protocol, 5))->error_code, ErrorCode::kInconsistentGroupProtocol);
  EXPECT_EQ((*ask(without_protocol, 4))->error_code, ErrorCode::kUnknownMemberId);
  const auto old_leave =
      ask(LeaveGroupRequest{.group_id = "h", .member_id = "x", .members = {}}, 2);
  EXPECT_EQ(old_leave->response.error_code, ErrorCode::kUnknownMemberId);
}

TEST_F(GroupsTest, GroupsAreListedByStateAndType) {
  make_member();
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {}});
  OffsetCommitRequest simple = commit_request();
  simple.group_id = "simple";
  commit(simple);
  auto all = ask(ListGroupsRequest{}, 5);
  ASSERT_EQ(all->response.groups.size(), 2u);
  EXPECT_EQ(all->response.groups[1].group_id, "simple");
  EXPECT_EQ(all->response.groups[1].protocol_type, "");
  EXPECT_EQ(all->response.groups[1].group_state, "Empty");
  EXPECT_EQ(all->response.groups[1].group_type, "classic");
  EXPECT_EQ(ask(ListGroupsRequest{.states_filter = {"stable"}}, 5)->response.groups.size(), 1u);
  EXPECT_EQ(ask(ListGroupsRequest{.states_filter = {"Dead"}}, 5)->response.groups.size(), 0u);
  EXPECT_EQ(ask(ListGroupsRequest{.types_filter = {"Classic"}}, 5)->response.groups.size(), 2u);
  EXPECT_EQ(ask(ListGroupsRequest{.types_filter = {"consumer"}}, 5)->response.groups.size(), 0u);
}

}  // namespace
}  // namespace kmirror::broker
