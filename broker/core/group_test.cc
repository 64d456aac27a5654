#include "broker/core/group.h"

#include "broker/testing/group_fixture.h"

namespace kmirror::broker {
namespace {

using GroupTest = GroupFixture;
using protocol::ErrorCode;

TEST_F(GroupTest, AMemberGetsItsIdFirst) {
  const Group::JoinAnswer& first = joined(join(request()));
  EXPECT_EQ(first.error, ErrorCode::kMemberIdRequired);
  EXPECT_EQ(first.generation, -1);
  EXPECT_TRUE(first.member_id.starts_with("client-")) << first.member_id;
  EXPECT_EQ(first.member_id.size(), std::string("client-").size() + 36);
  EXPECT_EQ(group.state(), State::kEmpty);
  EXPECT_EQ(group.generation(), 0);

  const Group::JoinAnswer& second = joined(join(request(first.member_id)));
  EXPECT_EQ(second.error, ErrorCode::kNone);
  EXPECT_EQ(second.generation, 1);
  EXPECT_EQ(second.member_id, first.member_id);
  EXPECT_EQ(second.leader, first.member_id);
  EXPECT_EQ(second.protocol_type, "consumer");
  EXPECT_EQ(second.protocol_name, "range");
  ASSERT_EQ(second.members.size(), 1u);
  EXPECT_EQ(second.members[0].metadata, Buffer{1});
  EXPECT_EQ(group.state(), State::kCompletingRebalance);
}

TEST_F(GroupTest, OldClientsAreMembersAtOnce) {
  Group::Join old = request();
  old.version = 3;
  const Group::JoinAnswer& answer = joined(join(old));
  EXPECT_EQ(answer.error, ErrorCode::kNone);
  EXPECT_TRUE(answer.member_id.starts_with("client-"));
  EXPECT_EQ(answer.generation, 1);
}

TEST_F(GroupTest, AnUnknownIdIsRefused) {
  const Group::JoinAnswer& answer = joined(join(request("somebody")));
  EXPECT_EQ(answer.error, ErrorCode::kUnknownMemberId);
  EXPECT_EQ(answer.member_id, "somebody");
}

TEST_F(GroupTest, TheLeaderDealsOutTheWork) {
  const std::string leader = make_stable();
  const std::string other = new_id();
  const GroupTicket other_join = join(request(other));
  EXPECT_TRUE(waits(other_join));
  EXPECT_EQ(group.state(), State::kPreparingRebalance);
  EXPECT_EQ(heartbeat(leader), ErrorCode::kRebalanceInProgress);

  const Group::JoinAnswer& of_leader = joined(join(request(leader)));
  EXPECT_EQ(of_leader.members.size(), 2u);
  EXPECT_EQ(of_leader.generation, 2);
  EXPECT_EQ(joined(other_join).leader, leader);
  EXPECT_TRUE(joined(other_join).members.empty());

  const GroupTicket other_sync = sync(other);
  EXPECT_TRUE(waits(other_sync));
  EXPECT_EQ(heartbeat(other), ErrorCode::kNone);
  const GroupTicket leader_sync = sync(leader, {{other, Buffer{5}}, {"nobody", Buffer{9}}});
  EXPECT_EQ(synced(other_sync).assignment, Buffer{5});
  EXPECT_EQ(synced(other_sync).protocol_name, "range");
  EXPECT_EQ(synced(leader_sync).error, ErrorCode::kNone);
  EXPECT_TRUE(synced(leader_sync).assignment.empty());
  EXPECT_EQ(group.state(), State::kStable);
  // Whoever asks again gets it again.
  EXPECT_EQ(synced(sync(other)).assignment, Buffer{5});
}

TEST_F(GroupTest, WhoDoesNotSpeakOfThisGenerationIsRefused) {
  const std::string id = make_stable();
  const std::optional<std::string_view> none;
  EXPECT_EQ(group.on_heartbeat({id, none, 0}, now), ErrorCode::kIllegalGeneration);
  EXPECT_EQ(group.on_heartbeat({"x", none, 1}, now), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(group.on_heartbeat({id, "instance", 1}, now), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(group.on_heartbeat({id, none, 1}, now), ErrorCode::kNone);

  const struct {
    Group::Sync sync;
    ErrorCode error;
  } kSyncs[] = {
      {{.caller = {id, none, 2}}, ErrorCode::kIllegalGeneration},
      {{.caller = {"x", none, 1}}, ErrorCode::kUnknownMemberId},
      {{.caller = {id, none, 1}, .protocol_type = "connect"},
       ErrorCode::kInconsistentGroupProtocol},
      {{.caller = {id, none, 1}, .protocol_name = "sticky"}, ErrorCode::kInconsistentGroupProtocol},
      {{.caller = {id, none, 1}, .protocol_type = "consumer", .protocol_name = "range"},
       ErrorCode::kNone},
  };
  for (const auto& row : kSyncs) {
    group.on_sync(99, row.sync, now);
    const Group::Answers answers = group.take_answers();
    ASSERT_EQ(answers.syncs.size(), 1u);
    EXPECT_EQ(answers.syncs[0].second.error, row.error);
    EXPECT_EQ(answers.syncs[0].second.protocol_name.has_value(), row.error == ErrorCode::kNone);
  }
}

TEST_F(GroupTest, MembersHaveToHaveAProtocolInCommon) {
  Group::Join none = request();
  none.protocols.clear();
  EXPECT_EQ(joined(join(none)).error, ErrorCode::kInconsistentGroupProtocol);
  Group::Join nameless = request();
  nameless.protocol_type.clear();
  EXPECT_EQ(joined(join(nameless)).error, ErrorCode::kInconsistentGroupProtocol);

  const std::string leader = make_stable();
  Group::Join other = request();
  other.protocols = protocols({"sticky", "roundrobin"});
  EXPECT_EQ(joined(join(other)).error, ErrorCode::kInconsistentGroupProtocol);
  other = request();
  other.protocol_type = "connect";
  EXPECT_EQ(joined(join(other)).error, ErrorCode::kInconsistentGroupProtocol);
}

TEST_F(GroupTest, MembersVoteForAProtocolThatAllSupport) {
  const std::vector<std::vector<std::string>> kPreferences = {
      {"a", "b", "c"}, {"b", "c", "a"}, {"d", "b", "a"}};
  std::vector<std::string> ids;
  Group::Join any = request();
  any.version = 3;
  any.protocols = protocols({"a", "b", "c", "d"});
  for (int i = 0; i < 3; ++i) {
    const GroupTicket ticket = join(any);
    for (const std::string& id : ids) {
      Group::Join again = request(id);
      again.protocols = any.protocols;
      join(again);
    }
    ids.push_back(joined(ticket).member_id);
  }
  GroupTicket ticket = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Group::Join again = request(ids[i]);
    again.protocols = protocols(kPreferences[i]);
    ticket = join(again);
  }
  // Only a and b are of all; two of three prefer b.
  EXPECT_EQ(joined(ticket).protocol_name, "b");
}

TEST_F(GroupTest, AMissedAnswerIsGivenAgainAndAChangeIsARebalance) {
  const std::string leader = make_stable();
  const std::string other = add_to_stable(leader);
  EXPECT_EQ(group.generation(), 2);
  EXPECT_EQ(joined(join(request(other))).generation, 2);
  EXPECT_EQ(group.state(), State::kStable);

  Group::Join changed = request(other);
  changed.protocols[0].metadata = {2};
  const GroupTicket ticket = join(changed);
  EXPECT_TRUE(waits(ticket));
  EXPECT_EQ(group.state(), State::kPreparingRebalance);
  const GroupTicket of_leader = join(request(leader));
  EXPECT_EQ(joined(ticket).generation, 3);
  EXPECT_EQ(joined(of_leader).members.size(), 2u);

  // In CompletingRebalance the leader, too, may have missed it.
  EXPECT_EQ(joined(join(request(leader))).members.size(), 2u);
  EXPECT_EQ(group.generation(), 3);
  sync(leader);
  // In a stable group it wants a rebalance.
  EXPECT_TRUE(waits(join(request(leader))));
}

TEST_F(GroupTest, SyncGroupsThatWaitEndWithARebalance) {
  const std::string leader = make_stable();
  const std::string other = new_id();
  join(request(other));
  join(request(leader));
  const GroupTicket waiting = sync(other);
  EXPECT_TRUE(waits(waiting));
  Group::Join changed = request(leader);
  changed.protocols[0].metadata = {2};
  join(changed);
  EXPECT_EQ(synced(waiting).error, ErrorCode::kRebalanceInProgress);
  EXPECT_EQ(synced(sync(other)).error, ErrorCode::kRebalanceInProgress);
  for (const auto& [id, member] : group.members()) EXPECT_TRUE(member.assignment.empty());
}

TEST_F(GroupTest, ASecondRequestTakesThePlaceOfTheFirst) {
  const std::string leader = make_stable();
  const std::string other = new_id();
  const GroupTicket first_join = join(request(other));
  const GroupTicket second_join = join(request(other));
  EXPECT_EQ(joined(first_join).error, ErrorCode::kRebalanceInProgress);
  EXPECT_TRUE(waits(second_join));
  join(request(leader));
  EXPECT_EQ(joined(second_join).error, ErrorCode::kNone);
  const GroupTicket first_sync = sync(other);
  const GroupTicket second_sync = sync(other);
  EXPECT_EQ(synced(first_sync).error, ErrorCode::kRebalanceInProgress);
  sync(leader);
  EXPECT_EQ(synced(second_sync).error, ErrorCode::kNone);
}

TEST_F(GroupTest, WhoLeavesBeginsARebalance) {
  const std::string leader = make_stable();
  const std::string other = add_to_stable(leader);
  EXPECT_EQ(leave("nobody"), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(leave(leader), ErrorCode::kNone);
  EXPECT_EQ(group.state(), State::kPreparingRebalance);
  const Group::JoinAnswer& answer = joined(join(request(other)));
  EXPECT_EQ(answer.leader, other);
  EXPECT_EQ(answer.members.size(), 1u);

  EXPECT_EQ(leave(other), ErrorCode::kNone);
  EXPECT_EQ(group.state(), State::kEmpty);
  EXPECT_EQ(group.generation(), 4);
  EXPECT_EQ(group.protocol_type(), "consumer");
  EXPECT_EQ(group.protocol_name(), std::nullopt);
  EXPECT_EQ(group.next_deadline(), kNever);
}

TEST_F(GroupTest, TheLeaderStaysWhenAnotherLeaves) {
  Group::Join old = request();
  old.version = 3;
  old.client_id = "z";
  const std::string leader = joined(join(old)).member_id;
  old.client_id = "a";
  const GroupTicket first = join(old);
  const GroupTicket second = join(old);
  join(request(leader));
  EXPECT_EQ(joined(first).leader, leader);
  leave(joined(second).member_id);
  join(request(leader));
  EXPECT_EQ(joined(join(request(joined(first).member_id))).leader, leader);
}

TEST_F(GroupTest, WhoeverWaitsAndLeavesGetsAnError) {
  const std::string leader = make_stable();
  const std::string other = new_id();
  const GroupTicket waiting_join = join(request(other));
  EXPECT_EQ(leave(other), ErrorCode::kNone);
  EXPECT_EQ(joined(waiting_join).error, ErrorCode::kUnknownMemberId);
  EXPECT_EQ(joined(waiting_join).member_id, "");

  join(request(leader));
  const std::string third = new_id();
  join(request(third));
  join(request(leader));
  const GroupTicket waiting_sync = sync(third);
  EXPECT_EQ(leave(third), ErrorCode::kNone);
  EXPECT_EQ(synced(waiting_sync).error, ErrorCode::kUnknownMemberId);
}

TEST_F(GroupTest, AnIdThatWasGivenOutHoldsUpARebalanceUntilItIsGivenBack) {
  const std::string leader = make_stable();
  const std::string pending = new_id();
  const GroupTicket ticket = join(request(leader));
  EXPECT_TRUE(waits(ticket));
  EXPECT_EQ(leave(pending), ErrorCode::kNone);
  EXPECT_EQ(joined(ticket).error, ErrorCode::kNone);
}

TEST_F(GroupTest, MembersCommitAndNobodyElseWhileThereAreMembers) {
  const std::optional<std::string_view> none;
  EXPECT_EQ(group.on_commit({"", none, -1}, false, now), ErrorCode::kNone);
  EXPECT_EQ(group.on_commit({"", none, 0}, false, now), ErrorCode::kUnknownMemberId);
  const std::string id = make_stable();
  const struct {
    Group::Caller caller;
    ErrorCode plain;
    ErrorCode in_transaction;
  } kRows[] = {
      {{id, none, 1}, ErrorCode::kNone, ErrorCode::kNone},
      {{id, none, 0}, ErrorCode::kIllegalGeneration, ErrorCode::kIllegalGeneration},
      {{id, none, -1}, ErrorCode::kIllegalGeneration, ErrorCode::kIllegalGeneration},
      {{"x", none, 1}, ErrorCode::kUnknownMemberId, ErrorCode::kUnknownMemberId},
      {{"", none, 1}, ErrorCode::kUnknownMemberId, ErrorCode::kUnknownMemberId},
      {{"", none, -1}, ErrorCode::kUnknownMemberId, ErrorCode::kNone},
      {{id, "instance", 1}, ErrorCode::kUnknownMemberId, ErrorCode::kUnknownMemberId},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(group.on_commit(row.caller, false, now), row.plain);
    EXPECT_EQ(group.on_commit(row.caller, true, now), row.in_transaction);
  }
  join(request(id));
  EXPECT_EQ(group.state(), State::kCompletingRebalance);
  EXPECT_EQ(group.on_commit({id, none, 2}, false, now), ErrorCode::kRebalanceInProgress);
  EXPECT_EQ(group.on_commit({id, none, 2}, true, now), ErrorCode::kNone);
}

TEST_F(GroupTest, TopicsThatMembersReadAreKnown) {
  EXPECT_FALSE(group.is_subscribed_to("t"));
  const std::string id = make_stable();
  // What cannot be read may be anything.
  EXPECT_TRUE(group.is_subscribed_to("t"));
  // Version 1: one topic "t", no user data, no partitions.
  const Buffer subscription = {0, 1, 0, 0, 0, 1, 0, 1, 't', 255, 255, 255, 255, 0, 0, 0, 0};
  Group::Join reader = request(id);
  reader.protocols[0].metadata = subscription;
  join(reader);
  EXPECT_TRUE(group.is_subscribed_to("t"));
  EXPECT_FALSE(group.is_subscribed_to("u"));
  leave(id);
  EXPECT_FALSE(group.is_subscribed_to("t"));
}

}  // namespace
}  // namespace kmirror::broker
