// Sessions, and rebalances that nobody waits for any more.

#include "broker/core/group.h"
#include "broker/testing/group_fixture.h"

namespace kmirror::broker {
namespace {

using GroupTimeTest = GroupFixture;
using protocol::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kMoment = milliseconds(1);

TEST_F(GroupTimeTest, WhoSendsNoHeartbeatIsRemoved) {
  const std::string leader = make_stable();
  const std::string other = add_to_stable(leader);
  pass(kSession - kMoment);
  EXPECT_EQ(heartbeat(other), ErrorCode::kNone);
  EXPECT_EQ(group.members().size(), 2u);
  pass(kMoment);
  EXPECT_EQ(group.members().size(), 1u);
  EXPECT_EQ(heartbeat(leader), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(heartbeat(other), ErrorCode::kRebalanceInProgress);
  EXPECT_EQ(joined(join(request(other))).leader, other);
}

TEST_F(GroupTimeTest, CommitsAreSignsOfLife) {
  const std::string id = make_stable();
  for (int i = 0; i < 5; ++i) {
    pass(kSession - kMoment);
    EXPECT_EQ(group.on_commit({id, std::nullopt, 1}, false, now), ErrorCode::kNone);
  }
  pass(kSession);
  EXPECT_EQ(group.state(), State::kEmpty);
}

TEST_F(GroupTimeTest, ASessionBeginsWithTheAnswerToJoinGroup) {
  const std::string id = new_id();
  EXPECT_EQ(joined(join(request(id))).error, ErrorCode::kNone);
  pass(kSession - kMoment);
  EXPECT_EQ(group.members().size(), 1u);
  pass(kMoment);
  EXPECT_EQ(group.members().size(), 0u);
}

class GroupSyncTimeTest : public GroupFixture, public testing::WithParamInterface<bool> {};

TEST_P(GroupSyncTimeTest, ASessionBeginsWithTheAnswerToSyncGroup) {
  const bool is_assigned = GetParam();  // or refused, because of a rebalance
  const std::string leader = make_stable();
  const std::string other = new_id();
  join(request(other));
  join(request(leader));
  const GroupTicket waiting = sync(other);
  for (int i = 0; i < 3; ++i) {
    pass(kSession - kMoment);
    EXPECT_EQ(heartbeat(leader), ErrorCode::kNone);
  }
  EXPECT_TRUE(waits(waiting));
  Group::Join changed = request(leader);
  changed.protocols[0].metadata = {2};
  is_assigned ? sync(leader) : join(changed);
  EXPECT_FALSE(waits(waiting));
  pass(kSession - kMoment);
  EXPECT_EQ(group.members().size(), 2u);
  if (is_assigned) heartbeat(leader);
  pass(kMoment);
  EXPECT_EQ(group.members().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(, GroupSyncTimeTest, testing::Bool());

TEST_F(GroupTimeTest, AMemberThatWaitsIsThere) {
  const std::string leader = make_stable();
  const std::string other = add_to_stable(leader);
  join(request(leader));
  pass(kSession - kMoment);
  heartbeat(other);
  pass(kSession - kMoment);
  heartbeat(other);
  EXPECT_EQ(group.members().size(), 2u);
  pass(kSession);
  // The other one is gone, and the leader's JoinGroup is answered at last.
  EXPECT_EQ(group.members().size(), 1u);
  EXPECT_EQ(group.state(), State::kCompletingRebalance);
  EXPECT_EQ(group.generation(), 3);
}

TEST_F(GroupTimeTest, ANewMemberThatWaitsMayHaveGone) {
  const std::string leader = make_stable();
  const std::string other = new_id();
  const GroupTicket ticket = join(request(other));
  const TimePoint end = now + minutes(5);
  // The leader goes on without joining, for longer than the rebalance may take in this case.
  Group::Join slow = request(leader);
  slow.rebalance_timeout = minutes(20);
  slow.protocols[0].metadata = {2};
  join(slow);
  const std::string third = new_id();
  const GroupTicket of_third = join(request(third));
  EXPECT_FALSE(waits(ticket));
  EXPECT_TRUE(waits(of_third));
  while (now < end - kMoment) {
    heartbeat(leader);
    pass(std::min<Duration>(seconds(5), end - kMoment - now));
  }
  EXPECT_TRUE(waits(of_third));
  heartbeat(leader);
  pass(kMoment);
  EXPECT_EQ(joined(of_third).error, ErrorCode::kUnknownMemberId);
}

TEST_F(GroupTimeTest, WhoDoesNotJoinInTimeIsLeftBehind) {
  const std::string leader = make_stable();
  const std::string other = new_id();
  const GroupTicket ticket = join(request(other));
  for (TimePoint end = now + kRebalance; now < end;) {
    EXPECT_TRUE(waits(ticket));
    EXPECT_EQ(heartbeat(leader), ErrorCode::kRebalanceInProgress);
    pass(seconds(5));
  }
  EXPECT_EQ(joined(ticket).leader, other);
  EXPECT_EQ(heartbeat(leader), ErrorCode::kUnknownMemberId);
}

TEST_F(GroupTimeTest, WhoDoesNotSyncInTimeIsRemoved) {
  const std::string leader = make_stable();
  const std::string other = new_id();
  join(request(other));
  join(request(leader));
  const GroupTicket waiting = sync(other);
  for (TimePoint end = now + kRebalance; now < end;) {
    EXPECT_TRUE(waits(waiting));
    EXPECT_EQ(heartbeat(leader), ErrorCode::kNone);
    pass(seconds(5));
  }
  EXPECT_EQ(synced(waiting).error, ErrorCode::kRebalanceInProgress);
  EXPECT_EQ(heartbeat(leader), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(joined(join(request(other))).leader, other);
}

TEST_F(GroupTimeTest, OnceAllHaveSyncedNobodyIsLate) {
  const std::string leader = make_stable();
  for (TimePoint end = now + 2 * kRebalance; now < end;) {
    EXPECT_EQ(heartbeat(leader), ErrorCode::kNone);
    pass(seconds(5));
  }
  EXPECT_EQ(group.generation(), 1);
}

TEST_F(GroupTimeTest, AnIdThatNobodyUsesRunsOut) {
  const std::string leader = make_stable();
  const std::string pending = new_id();
  const GroupTicket ticket = join(request(leader));
  EXPECT_TRUE(waits(ticket));
  pass(kSession);
  EXPECT_EQ(joined(ticket).error, ErrorCode::kNone);
  EXPECT_EQ(joined(join(request(pending))).error, ErrorCode::kUnknownMemberId);
}

TEST_F(GroupTimeTest, AnEmptyGroupWaitsForMoreMembers) {
  Group patient(seconds(3), random);
  Group::Join old = request();
  old.version = 3;
  const TimePoint start = now;
  patient.on_join(1, old, now);
  EXPECT_EQ(patient.next_deadline(), start + seconds(3));
  patient.on_join(2, old, now + seconds(2));
  patient.on_time(start + seconds(3));
  EXPECT_TRUE(patient.take_answers().joins.empty());
  // One more came, so it waits once more, and then for nobody.
  EXPECT_EQ(patient.next_deadline(), start + seconds(6));
  patient.on_time(start + seconds(6));
  const Group::Answers answers = patient.take_answers();
  ASSERT_EQ(answers.joins.size(), 2u);
  EXPECT_EQ(patient.members().size(), 2u);
  EXPECT_EQ(patient.generation(), 1);
}

TEST_F(GroupTimeTest, TheFirstRebalanceEndsAtItsTimeoutHoweverManyCome) {
  Group patient(seconds(3), random);
  Group::Join old = request();
  old.version = 3;
  old.rebalance_timeout = seconds(8);
  const TimePoint start = now;
  GroupTicket ticket = 0;
  while (patient.state() != State::kCompletingRebalance) {
    ASSERT_LE(now, start + seconds(8));
    patient.on_join(++ticket, old, now);
    patient.on_join(++ticket, old, now);
    now = patient.next_deadline();
    patient.on_time(now);
  }
  EXPECT_EQ(now, start + seconds(8));
}

TEST_F(GroupTimeTest, AGroupThatMovesTellsWhoWaitsAndGoesOn) {
  const std::string leader = make_stable();
  const std::string other = add_to_stable(leader);
  const GroupTicket known = join(request(leader));
  const GroupTicket unknown = join(request(new_id()));
  pass(kSession / 2);
  move();
  EXPECT_EQ(joined(known).error, ErrorCode::kNotCoordinator);
  EXPECT_EQ(joined(unknown).error, ErrorCode::kNotCoordinator);
  EXPECT_EQ(group.members().size(), 2u);
  pass(kSession - kMoment);
  EXPECT_EQ(heartbeat(other), ErrorCode::kRebalanceInProgress);
  join(request(other));
  const GroupTicket again = join(request(leader));
  EXPECT_EQ(joined(again).generation, 3);

  const GroupTicket waiting = sync(other);
  move();
  EXPECT_EQ(synced(waiting).error, ErrorCode::kNotCoordinator);
}

TEST_F(GroupTimeTest, AGroupThatMovesHasAllItsTimeAgain) {
  const std::string leader = make_stable();
  const std::string other = add_to_stable(leader);
  join(request(leader));
  for (TimePoint end = now + kRebalance - seconds(5); now < end;) {
    pass(seconds(5));
    EXPECT_EQ(heartbeat(other), ErrorCode::kRebalanceInProgress);
  }
  move();
  pass(seconds(6));
  EXPECT_EQ(heartbeat(other), ErrorCode::kRebalanceInProgress);
  join(request(other));
  join(request(leader));
  for (TimePoint end = now + kRebalance - seconds(5); now < end;) {
    pass(seconds(5));
    EXPECT_EQ(heartbeat(other), ErrorCode::kNone);
    EXPECT_EQ(heartbeat(leader), ErrorCode::kNone);
  }
  move();
  pass(seconds(6));
  EXPECT_EQ(heartbeat(other), ErrorCode::kNone);
}

TEST_F(GroupTimeTest, AGroupThatMovesBeforeItsFirstGenerationIsEmpty) {
  Group patient(seconds(3), random);
  patient.on_join(1, request(), now);
  Group::Join old = request();
  old.version = 3;
  patient.on_join(2, old, now);
  patient.on_move(now);
  EXPECT_EQ(patient.state(), State::kEmpty);
  EXPECT_EQ(patient.next_deadline(), kNever);
}

}  // namespace
}  // namespace kmirror::broker
