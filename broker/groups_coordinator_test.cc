#include "broker/groups.h"

#include "broker/testing/groups_fixture.h"
#include "protocol/messages/delete_groups.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/leave_group.h"
#include "protocol/messages/offset_delete.h"

namespace kmirror::broker {
namespace {

using protocol::DeleteGroupsRequest;
using protocol::DescribeGroupsRequest;
using protocol::ErrorCode;
using protocol::FindCoordinatorRequest;
using protocol::HeartbeatRequest;
using protocol::LeaveGroupRequest;
using protocol::OffsetDeleteRequest;
using protocol::OffsetFetchRequest;
using std::chrono::seconds;

class GroupsOf39Test : public GroupsFixture {
 protected:
  GroupsOf39Test() : GroupsFixture(1, Release{3, 9}) {}
};

TEST_F(GroupsOf39Test, TheOlderCoordinatorSaysSomeThingsOtherwise) {
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {}});
  EXPECT_EQ(commit(commit_request("", 1)), ErrorCode::kIllegalGeneration);
  make_member();
  auto described =
      ask(DescribeGroupsRequest{.groups = {"g"}, .include_authorized_operations = true}, 5);
  EXPECT_EQ(described->response.groups[0].authorized_operations, 328);
}

class GroupsOfThreeNodesTest : public GroupsFixture {
 protected:
  GroupsOfThreeNodesTest() : GroupsFixture(3) {}

  Node& coordinator() { return *cluster->find_node(cluster->coordinator_of("g")); }
  Node& bystander() {
    const std::int32_t id = cluster->coordinator_of("g");
    return *cluster->find_node(id == 1 ? 2 : 1);
  }
};

TEST_F(GroupsOfThreeNodesTest, TheCoordinatorIsFound) {
  auto found = ask(FindCoordinatorRequest{.key = "g", .coordinator_keys = {}}, 3);
  EXPECT_EQ(found->response.node_id, coordinator().id());
  EXPECT_EQ(found->response.port, coordinator().port());
  EXPECT_EQ(found->response.error_message, "NONE");

  auto several = ask(FindCoordinatorRequest{.key_type = 1, .coordinator_keys = {"g", "h"}}, 4);
  ASSERT_EQ(several->response.coordinators.size(), 2u);
  EXPECT_EQ(several->response.coordinators[0].key, "g");
  EXPECT_EQ(several->response.coordinators[0].node_id, coordinator().id());
  EXPECT_EQ(several->response.coordinators[0].error_message, "");

  for (const std::int8_t type : {2, 3}) {
    auto refused = ask(FindCoordinatorRequest{.key_type = type, .coordinator_keys = {"g"}}, 6);
    EXPECT_EQ(refused->response.coordinators[0].error_code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(refused->response.coordinators[0].node_id, -1);
  }
}

TEST_F(GroupsOfThreeNodesTest, OthersAreNotTheCoordinator) {
  cluster->create_topic("t", {.partitions = 1, .config = {}, .assignment = {}});
  constexpr ErrorCode kError = ErrorCode::kNotCoordinator;
  Node& node = bystander();
  EXPECT_EQ((*ask(node, join_request(), 9))->error_code, kError);
  EXPECT_EQ((*ask(node, sync_request("x", 1), 5))->error_code, kError);
  EXPECT_EQ((*ask(node, HeartbeatRequest{.group_id = "g"}, 4))->error_code, kError);
  EXPECT_EQ((*ask(node, LeaveGroupRequest{.group_id = "g"}, 4))->error_code, kError);
  EXPECT_EQ((*ask(node, OffsetDeleteRequest{.group_id = "g"}, 0))->error_code, kError);
  EXPECT_EQ(ask(node, DescribeGroupsRequest{.groups = {"g"}}, 5)->response.groups[0].error_code,
            kError);
  EXPECT_EQ(ask(node, DeleteGroupsRequest{{"g"}}, 2)->response.results[0].error_code, kError);
  auto committed = ask(node, commit_request(), 9);
  EXPECT_EQ(committed->response.topics[0].partitions[0].error_code, kError);

  OffsetFetchRequest request{.group_id = "g", .topics = {}, .groups = {}};
  request.topics.emplace().push_back({.name = "t", .partition_indexes = {0}});
  EXPECT_EQ((*ask(node, request, 7))->error_code, kError);
  EXPECT_EQ((*ask(node, request, 7))->topics.size(), 0u);
  EXPECT_EQ((*ask(node, request, 1))->topics.at(0).partitions.at(0).error_code, kError);
  request.groups.push_back({.group_id = "g", .member_id = {}});
  EXPECT_EQ((*ask(node, request, 8))->groups.at(0).error_code, kError);
}

TEST_F(GroupsOfThreeNodesTest, AGroupMovesWithItsCoordinator) {
  Node& first = coordinator();
  const std::string leader(ask(first, join_request(), 9)->response.member_id);
  ask(first, join_request(leader), 9);
  ask(first, sync_request(leader, 1), 5);
  auto waiting = ask(first, join_request(ask(first, join_request(), 9)->response.member_id), 9);
  EXPECT_FALSE(waiting->is_answered);

  cluster->stop_node(first.id());
  settle();
  ASSERT_TRUE(waiting->is_answered);
  Node& second = coordinator();
  ASSERT_NE(&first, &second);
  EXPECT_EQ((*ask(second, join_request(leader), 9))->generation_id, 2);

  // It goes back when the node is there again.
  EXPECT_TRUE(cluster->start_node(first.id()));
  EXPECT_EQ(&coordinator(), &first);
  auto sync = ask(second, sync_request(leader, 2), 5);
  EXPECT_EQ(sync->response.error_code, ErrorCode::kNotCoordinator);
}

TEST_F(GroupsOfThreeNodesTest, WhoWaitsAtANodeThatStopsIsHungUpOn) {
  for (const auto& node : cluster->nodes()) {
    if (node.get() != &coordinator()) cluster->stop_node(node->id());
  }
  Node& last = coordinator();
  const std::string leader(ask(last, join_request(), 9)->response.member_id);
  ask(last, join_request(leader), 9);
  auto waiting = ask(last, join_request(ask(last, join_request(), 9)->response.member_id), 9);
  EXPECT_FALSE(waiting->is_answered);
  cluster->stop_node(last.id());
  settle();
  EXPECT_TRUE(waiting->is_answered);
  // Nobody coordinates the group, so no session ends meanwhile.
  pass(seconds(60));
  EXPECT_TRUE(cluster->start_node(last.id()));
  auto again = ask(last, join_request(leader), 9);
  EXPECT_EQ(again->response.error_code, ErrorCode::kNone);
}

}  // namespace
}  // namespace kmirror::broker
