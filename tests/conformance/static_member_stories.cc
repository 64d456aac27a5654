// Members with an instance id (KIP-345).
#include "conformance/group_steps.h"
#include "conformance/stories.h"
#include "protocol/messages/leave_group.h"

namespace kmirror::conformance {
namespace {

constexpr JoinOptions kStatic{.instance = "i"};
constexpr JoinOptions kStaticV9{.version = 9, .instance = "i"};

Awaitable<void> first(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await join(s, g.coordinator, g.id, "", kStatic);
  co_await sync(s, g.id, member, {});
  co_await heartbeat(s, g.id, member, "i");
  co_await describe(s, g);
}

Awaitable<void> replaced(Story& s, JoinOptions options) {
  const GroupName g = co_await new_group(s);
  const Member before = co_await first_member(s, g, kStatic);
  const Member after = co_await join(s, g.coordinator, g.id, "", options);
  co_await heartbeat(s, g.id, before, "i");
  co_await heartbeat(s, g.id, after, "i");
  co_await sync(s, g.id, after, {});
}

Awaitable<void> other_metadata(Story& s) {
  const GroupName g = co_await new_group(s);
  co_await first_member(s, g, kStatic);
  co_await join(s, g.coordinator, g.id, "", {.instance = "i", .other_protocol = "sticky"});
}

Awaitable<void> wrong_instance(Story& s) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g, kStatic);
  co_await heartbeat(s, g.id, member, "j");
  Member wrong = member;
  wrong.id = "nobody";
  co_await heartbeat(s, g.id, wrong, "i");
  const Topic topic = co_await s.topic();
  co_await commit(s, g.id, wrong, topic.name, 1, {.instance = "i"});
  co_await commit(s, g.id, member, topic.name, 1, {.instance = "i"});
}

Awaitable<void> leaves(Story& s, bool has_member_id) {
  const GroupName g = co_await new_group(s);
  const Member member = co_await first_member(s, g, kStatic);
  protocol::LeaveGroupRequest request;
  request.group_id = g.id;
  auto& leaving = request.members.emplace_back();
  leaving.group_instance_id = "i";
  if (has_member_id) leaving.member_id = member.id;
  co_await s.call(g.coordinator, request, 4);
  co_await describe(s, g);
}

Awaitable<void> wrong_leave(Story& s) {
  const GroupName g = co_await new_group(s);
  co_await first_member(s, g, kStatic);
  protocol::LeaveGroupRequest request;
  request.group_id = g.id;
  request.members.push_back({.member_id = "nobody", .group_instance_id = "i"});
  co_await s.call(g.coordinator, request, 4);
}

constexpr Telling kStories[] = {
    {"static members join at once", first},
    {"a static member that comes back takes the old one's place",
     [](Story& s) { return replaced(s, kStatic); }},
    {"a static leader that comes back is told to leave the assignment",
     [](Story& s) { return replaced(s, kStaticV9); }},
    {"a static member that comes back otherwise makes a rebalance", other_metadata},
    {"an instance with another's id", wrong_instance},
    {"static members leave by their instance", [](Story& s) { return leaves(s, false); }},
    {"static members leave by instance and id", [](Story& s) { return leaves(s, true); }},
    {"a static member does not leave with another's id", wrong_leave},
};

}  // namespace

std::span<const Telling> static_member_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
