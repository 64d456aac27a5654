// Static members (KIP-345): who comes again is known by name.

#include "broker/core/group.h"
#include "broker/testing/group_fixture.h"

namespace kmirror::broker {
namespace {

using GroupStaticTest = GroupFixture;
using protocol::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr Duration kMoment = milliseconds(1);

TEST_F(GroupStaticTest, AStaticMemberKeepsItsPlaceWhenItComesAgain) {
  const std::string first = joined(join_static("one")).member_id;
  EXPECT_TRUE(first.starts_with("one-"));
  sync(first, {{first, Buffer{4}}}, "one");
  EXPECT_EQ(group.state(), State::kStable);

  const Group::JoinAnswer& again = joined(join_static("one"));
  EXPECT_EQ(again.error, ErrorCode::kNone);
  EXPECT_EQ(again.generation, 1);
  EXPECT_NE(again.member_id, first);
  EXPECT_EQ(again.leader, again.member_id);
  EXPECT_TRUE(again.skip_assignment);
  EXPECT_EQ(again.members.size(), 1u);
  EXPECT_EQ(synced(sync(again.member_id, {}, "one")).assignment, Buffer{4});

  EXPECT_EQ(group.on_heartbeat({first, "one", 1}, now), ErrorCode::kFencedInstanceId);
  EXPECT_EQ(group.on_heartbeat({first, std::nullopt, 1}, now), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(synced(sync(first, {}, "one")).error, ErrorCode::kFencedInstanceId);
  Group::Join old = request(first);
  old.instance_id = "one";
  EXPECT_EQ(joined(join(old)).error, ErrorCode::kFencedInstanceId);
}

TEST_F(GroupStaticTest, ItsSessionBeginsWhenItComesAgain) {
  sync(joined(join_static("one")).member_id, {}, "one");
  pass(kSession - kMoment);
  join_static("one");
  pass(kSession - kMoment);
  EXPECT_EQ(group.members().size(), 1u);
  pass(kMoment);
  EXPECT_EQ(group.members().size(), 0u);
}

TEST_F(GroupStaticTest, ItIsNoNewMemberWhenItComesAgain) {
  const std::string leader = make_stable();
  join_static("one");
  const GroupTicket waiting = join_static("one");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(heartbeat(leader), ErrorCode::kRebalanceInProgress);
    pass(kSession - kMoment);
  }
  EXPECT_TRUE(waits(waiting));
  EXPECT_EQ(group.members().size(), 2u);
}

TEST_F(GroupStaticTest, WhatChangesTheProtocolIsARebalance) {
  Group::Join both = request();
  both.instance_id = "one";
  both.protocols = protocols({"range", "sticky"});
  sync(joined(join(both)).member_id, {}, "one");
  EXPECT_EQ(group.state(), State::kStable);
  both.protocols = protocols({"sticky"});
  const Group::JoinAnswer& again = joined(join(both));
  EXPECT_EQ(again.generation, 2);
  EXPECT_EQ(again.protocol_name, "sticky");
}

TEST_F(GroupStaticTest, OlderClientsAreNotToldThatTheyLead) {
  const std::string first = joined(join_static("one", 8)).member_id;
  sync(first, {}, "one");
  const Group::JoinAnswer& again = joined(join_static("one", 8));
  EXPECT_EQ(again.leader, first);
  EXPECT_FALSE(again.skip_assignment);
  EXPECT_TRUE(again.members.empty());
  EXPECT_EQ(group.members().leader(), again.member_id);
}

TEST_F(GroupStaticTest, WhoIsReplacedWhileItWaitsIsFenced) {
  const std::string leader = make_stable();
  const GroupTicket first = join_static("one");
  EXPECT_TRUE(waits(first));
  const GroupTicket second = join_static("one");
  EXPECT_EQ(joined(first).error, ErrorCode::kFencedInstanceId);
  join(request(leader));
  const std::string id = joined(second).member_id;

  const GroupTicket waiting = sync(id, {}, "one");
  const GroupTicket third = join_static("one");
  EXPECT_EQ(synced(waiting).error, ErrorCode::kFencedInstanceId);
  // The leader knows the old id, so all join again.
  EXPECT_TRUE(waits(third));
  join(request(leader));
  EXPECT_EQ(joined(third).generation, 3);
}

TEST_F(GroupStaticTest, AStaticMemberThatStaysAwayKeepsItsPlaceForItsSession) {
  const std::string leader = make_stable();
  const GroupTicket ticket = join_static("one");
  join(request(leader));
  const std::string id = joined(ticket).member_id;
  sync(leader);
  sync(id, {}, "one");
  Group::Join long_session = request(id);
  long_session.instance_id = "one";
  long_session.session_timeout = minutes(10);
  long_session.protocols[0].metadata = {2};
  join(long_session);
  join(request(leader));
  sync(leader);
  sync(id, {}, "one");

  const GroupTicket again = join(request(leader));
  pass(kRebalance);
  // It did not join, but is part of the new generation all the same.
  EXPECT_EQ(joined(again).members.size(), 2u);
}

TEST_F(GroupStaticTest, AnAdministratorRemovesAStaticMemberByName) {
  const std::string id = joined(join_static("one")).member_id;
  EXPECT_EQ(group.on_leave("", "two", now), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(group.on_leave("", std::nullopt, now), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(group.on_leave("x", "one", now), ErrorCode::kFencedInstanceId);
  EXPECT_EQ(group.on_leave("", "one", now), ErrorCode::kNone);
  EXPECT_EQ(group.state(), State::kEmpty);
}

}  // namespace
}  // namespace kmirror::broker
