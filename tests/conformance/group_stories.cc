// Members of classic groups: joining, rebalances, leaving.
#include "conformance/group_steps.h"
#include "conformance/stories.h"
#include "protocol/messages/leave_group.h"

namespace kmirror::conformance {
namespace {

// std::vector's braces and co_await do not go together in g++ 12.
std::vector<std::string> ids_of(const Member& a) {
  return {a.id};
}
std::vector<std::string> ids_of(const Member& a, const Member& b) {
  return {a.id, b.id};
}

To second_line(const GroupName& group) {
  return {group.coordinator.node, group.coordinator.line + 1};
}

Awaitable<void> joined_with_id(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member given = co_await join(s, g.coordinator, g.id, "");
  const Member member = co_await join(s, g.coordinator, g.id, given.id);
  co_await sync(s, g.id, member, ids_of(member));
  co_await heartbeat(s, g.id, member);
  co_await describe(s, g);
}

Awaitable<void> joined_without_id(Story& s, std::int16_t version) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await join(s, g.coordinator, g.id, "", {.version = version});
  co_await sync(s, g.id, member, ids_of(member), 0);
}

Awaitable<void> join_versions(Story& s) {
  for (std::int16_t version = 4; version <= 9; ++version) {
    const std::string name = "g" + std::to_string(version);
    const GroupName g = co_await new_group(s, name);
    const Member given = co_await join(s, g.coordinator, g.id, "", {.version = version});
    co_await join(s, g.coordinator, g.id, given.id, {.version = version});
  }
}

Awaitable<void> refused(Story& s, JoinOptions options) {
  const GroupName g = co_await new_group(s);
  co_await join(s, g.coordinator, g.id, "", options);
}

Awaitable<void> empty_group_id(Story& s) {
  co_await join(s, To{}, "", "");
}

Awaitable<void> unknown_id(Story& s) {
  const GroupName g = co_await new_group(s);
  co_await join(s, g.coordinator, g.id, "nobody");
  co_await first_member(s, g);
  co_await join(s, g.coordinator, g.id, "nobody");
}

Awaitable<void> other_protocols(Story& s, JoinOptions options) {
  const GroupName g = co_await new_group(s);
  co_await first_member(s, g);
  co_await join(s, second_line(g), g.id, "", options);
}

// The second member, with an id that was asked for, joins while the first is stable.
struct Pair {
  Member first;
  Member second;
};
Awaitable<Pair> second_joins(Story& s, const GroupName& g, JoinOptions options = {}) {
  Pair pair;
  pair.first = co_await first_member(s, g, options);
  pair.second = co_await join(s, second_line(g), g.id, "", options);
  co_await send_join(s, pair.second.to, g.id, pair.second.id, options);
  co_await until_rebalance(s, g.id, pair.first);
  co_return pair;
}

Awaitable<Pair> both_joined(Story& s, const GroupName& g) {
  Pair pair = co_await second_joins(s, g);
  pair.first = co_await join(s, g.coordinator, g.id, pair.first.id);
  pair.second = co_await joined(s, pair.second.to);
  co_return pair;
}

Awaitable<void> rebalance(Story& s) {
  const GroupName g = co_await new_group(s);
  Pair pair = co_await second_joins(s, g);
  co_await heartbeat(s, g.id, pair.first);
  co_await describe(s, g);
  pair.first = co_await join(s, g.coordinator, g.id, pair.first.id);
  pair.second = co_await joined(s, pair.second.to);
  co_await send_sync(s, g.id, pair.second, {});
  co_await sync(s, g.id, pair.first, ids_of(pair.first, pair.second));
  co_await s.receive(pair.second.to);
  co_await heartbeat(s, g.id, pair.second);
}

Awaitable<void> protocol_of_all(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member first = co_await first_member(s, g, {.other_protocol = "sticky"});
  const JoinOptions options{.protocol = "sticky"};
  const Member second = co_await join(s, second_line(g), g.id, "", options);
  co_await send_join(s, second.to, g.id, second.id, options);
  co_await until_rebalance(s, g.id, first);
  co_await join(s, g.coordinator, g.id, first.id, {.other_protocol = "sticky"});
  co_await joined(s, second.to);
}

Awaitable<void> not_assigned(Story& s) {
  const GroupName g = co_await new_group(s);
  const Pair pair = co_await both_joined(s, g);
  co_await sync(s, g.id, pair.first, ids_of(pair.first));
  co_await sync(s, g.id, pair.second, {});
}

Awaitable<void> sync_again(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g);
  co_await sync(s, g.id, member, {});
  co_await sync(s, g.id, member, ids_of(member, member));
}

Awaitable<void> wrong_sync(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g);
  Member wrong = member;
  wrong.generation += 1;
  co_await sync(s, g.id, wrong, {});
  wrong = member;
  wrong.id = "nobody";
  co_await sync(s, g.id, wrong, {});
}

Awaitable<void> sync_in_rebalance(Story& s) {
  const GroupName g = co_await new_group(s);
  const Pair pair = co_await second_joins(s, g);
  co_await sync(s, g.id, pair.first, {});
  co_await leave(s, g.id, pair.first);
  co_await joined(s, pair.second.to);
}

Awaitable<void> wrong_heartbeats(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g);
  Member wrong = member;
  wrong.generation += 1;
  co_await heartbeat(s, g.id, wrong);
  wrong.generation = -1;
  co_await heartbeat(s, g.id, wrong);
  wrong = member;
  wrong.id = "nobody";
  co_await heartbeat(s, g.id, wrong);
  const GroupName other{.id = s.name("other"), .coordinator = g.coordinator};
  wrong.to = co_await s.coordinator(other.id, 0);
  co_await heartbeat(s, other.id, wrong);
}

Awaitable<void> heartbeat_before_sync(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member given = co_await join(s, g.coordinator, g.id, "");
  const Member member = co_await join(s, g.coordinator, g.id, given.id);
  co_await heartbeat(s, g.id, member);
}

Awaitable<void> left(Story& s, std::int16_t version) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g);
  co_await leave(s, g.id, member, version);
  co_await heartbeat(s, g.id, member);
  co_await leave(s, g.id, member, version);
  co_await describe(s, g);
}

Awaitable<void> several_leave(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g);
  protocol::LeaveGroupRequest request;
  request.group_id = g.id;
  request.members.push_back({.member_id = member.id});
  request.members.push_back({.member_id = "nobody"});
  request.members.push_back({.member_id = "", .group_instance_id = "i"});
  co_await s.call(g.coordinator, request, 5);
}

Awaitable<void> other_leaves(Story& s) {
  const GroupName g = co_await new_group(s);
  const Pair pair = co_await both_joined(s, g);
  co_await sync(s, g.id, pair.first, ids_of(pair.first, pair.second));
  co_await leave(s, g.id, pair.second);
  co_await heartbeat(s, g.id, pair.first);
  co_await join(s, g.coordinator, g.id, pair.first.id);
}

// The first does not join again, and is left out when its time is over.
Awaitable<void> rebalance_timeout(Story& s) {
  const GroupName g = co_await new_group(s);
  const Pair pair = co_await second_joins(s, g, {.rebalance_timeout_ms = 1000});
  co_await joined(s, pair.second.to);
  co_await heartbeat(s, g.id, pair.first);
}

Awaitable<void> session_timeout(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g, {.session_timeout_ms = 6000});
  co_await until_no_members(s, g);
  co_await heartbeat(s, g.id, member);
}

Awaitable<void> joins_again(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g);
  co_await join(s, g.coordinator, g.id, member.id);
}

Awaitable<void> another_broker(Story& s) {
  GroupName g = co_await new_group(s);
  g.coordinator = {g.coordinator.node % kNodes + 1, kOtherLine};
  const Member member{.id = "", .to = g.coordinator};
  co_await join(s, g.coordinator, g.id, "");
  co_await heartbeat(s, g.id, member);
  co_await describe(s, g);
}

constexpr Telling kStories[] = {
    {"a member is given an id and joins with it", joined_with_id},
    {"before version 4 a member joins without an id",
     [](Story& s) { return joined_without_id(s, 3); }},
    {"version 0 of JoinGroup", [](Story& s) { return joined_without_id(s, 0); }},
    {"every version from 4 on gives an id first", join_versions},
    {"a session timeout below the least is INVALID_SESSION_TIMEOUT",
     [](Story& s) { return refused(s, {.session_timeout_ms = 5999}); }},
    {"a session timeout above the largest is INVALID_SESSION_TIMEOUT",
     [](Story& s) { return refused(s, {.session_timeout_ms = 1'800'001}); }},
    {"no protocols are INCONSISTENT_GROUP_PROTOCOL",
     [](Story& s) { return refused(s, {.protocol = ""}); }},
    {"no protocol type is INCONSISTENT_GROUP_PROTOCOL",
     [](Story& s) { return refused(s, {.protocol_type = ""}); }},
    {"a group without a name is INVALID_GROUP_ID", empty_group_id},
    {"an id that was not given is UNKNOWN_MEMBER_ID", unknown_id},
    {"another protocol is INCONSISTENT_GROUP_PROTOCOL",
     [](Story& s) { return other_protocols(s, {.protocol = "sticky"}); }},
    {"another protocol type is INCONSISTENT_GROUP_PROTOCOL",
     [](Story& s) { return other_protocols(s, {.protocol_type = "connect"}); }},
    {"a second member makes a rebalance", rebalance},
    {"the protocol is one that all members have", protocol_of_all},
    {"a member to which nothing was assigned", not_assigned},
    {"a member that asks for its assignment again", sync_again},
    {"SyncGroup with a wrong generation or id", wrong_sync},
    {"SyncGroup while others join", sync_in_rebalance},
    {"heartbeats with a wrong generation, id or group", wrong_heartbeats},
    {"heartbeats before there is an assignment", heartbeat_before_sync},
    {"a member leaves", [](Story& s) { return left(s, 5); }},
    {"a member leaves by version 2", [](Story& s) { return left(s, 2); }},
    {"several members leave", several_leave},
    {"a member that leaves makes a rebalance", other_leaves},
    {"a member that does not join again in time is left out", rebalance_timeout},
    {"a member that is silent is left out", session_timeout},
    {"a leader that joins again makes a rebalance", joins_again},
    {"another broker is NOT_COORDINATOR", another_broker},
};

}  // namespace

std::span<const Telling> group_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
