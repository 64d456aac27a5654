// Offsets of groups, and groups as a whole: described, listed, deleted.
#include <fmt/format.h>

#include "conformance/group_steps.h"
#include "conformance/stories.h"
#include "protocol/messages/delete_groups.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/list_groups.h"
#include "protocol/messages/offset_delete.h"
#include "protocol/messages/offset_fetch.h"

namespace kmirror::conformance {
namespace {

// Who commits without being a member.
Member nobody(const GroupName& g) {
  return {.id = "", .generation = -1, .to = g.coordinator};
}

Awaitable<void> committed(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic("", 2);
  co_await commit(s, g.id, nobody(g), topic.name, 7, {.leader_epoch = 3, .metadata = "text"});
  co_await fetch_offsets(s, g, topic.name);
  co_await fetch_offsets(s, g, "");
  co_await commit(s, g.id, nobody(g), topic.name, 5);
  co_await fetch_offsets(s, g, topic.name);
}

Awaitable<void> commit_versions(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  for (std::int16_t version = 2; version <= 9; ++version) {
    co_await commit(s, g.id, nobody(g), topic.name, version, {.version = version});
  }
}

Awaitable<void> fetch_versions(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic("", 2);
  co_await commit(s, g.id, nobody(g), topic.name, 9, {.leader_epoch = 1});
  for (std::int16_t version = 1; version <= 7; ++version) {
    co_await fetch_offsets(s, g, topic.name, version);
  }
}

Awaitable<void> several_groups(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic("", 2);
  co_await commit(s, g.id, nobody(g), topic.name, 9, {.partition = 1});
  for (std::int16_t version = 8; version <= 9; ++version) {
    protocol::OffsetFetchRequest request;
    auto& some = request.groups.emplace_back();
    some.group_id = g.id;
    some.topics->push_back({.name = topic.name, .partition_indexes = {0, 1}});
    auto& all = request.groups.emplace_back();
    all.group_id = g.id;
    all.topics.reset();
    co_await s.call(g.coordinator, request, version);
  }
}

Awaitable<void> unknown_group(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  co_await fetch_offsets(s, g, topic.name);
  co_await fetch_offsets(s, g, "");
}

Awaitable<void> missing_topic(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  const std::string missing = s.name("missing");
  protocol::OffsetCommitRequest request;
  request.group_id = g.id;
  request.topics.push_back(
      {.name = topic.name, .partitions = {{.committed_offset = 1}, {.partition_index = 9}}});
  request.topics.push_back({.name = missing, .partitions = {{.committed_offset = 1}}});
  co_await s.call(g.coordinator, request, 8);
  co_await fetch_offsets(s, g, topic.name);
}

Awaitable<void> metadata_sizes(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  const std::string text(4097, 'm');
  const std::string_view view = text;
  co_await commit(s, g.id, nobody(g), topic.name, 1, {.metadata = view});
  co_await commit(s, g.id, nobody(g), topic.name, 1, {.metadata = view.substr(1)});
}

Awaitable<void> with_members(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  const Member member = co_await first_member(s, g);
  co_await commit(s, g.id, nobody(g), topic.name, 1);
  co_await commit(s, g.id, member, topic.name, 2);
  Member wrong = member;
  wrong.generation += 1;
  co_await commit(s, g.id, wrong, topic.name, 3);
  wrong = member;
  wrong.id = "nobody";
  co_await commit(s, g.id, wrong, topic.name, 4);
  wrong = member;
  wrong.generation = -1;
  co_await commit(s, g.id, wrong, topic.name, 5);
}

Awaitable<void> without_members(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  Member wrong = nobody(g);
  wrong.generation = 0;
  co_await commit(s, g.id, wrong, topic.name, 1);
  wrong.generation = -1;
  wrong.id = "nobody";
  co_await commit(s, g.id, wrong, topic.name, 1);
  co_await commit(s, g.id, nobody(g), topic.name, 1);
  wrong.generation = 0;
  co_await commit(s, g.id, wrong, topic.name, 1);
}

Awaitable<void> before_assignment(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  const Member given = co_await join(s, g.coordinator, g.id, "");
  const Member member = co_await join(s, g.coordinator, g.id, given.id);
  co_await commit(s, g.id, member, topic.name, 1);
}

Awaitable<void> empty_name(Story& s) {
  const Topic topic = co_await s.topic();
  GroupName g;
  g.coordinator = co_await s.coordinator(g.id, 0);
  co_await commit(s, g.id, nobody(g), topic.name, 1);
}

Awaitable<void> another_broker(Story& s) {
  GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  g.coordinator = {g.coordinator.node % kNodes + 1, kOtherLine};
  co_await commit(s, g.id, nobody(g), topic.name, 1);
  co_await fetch_offsets(s, g, topic.name);
}

Awaitable<void> described(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  co_await describe(s, g);
  co_await commit(s, g.id, nobody(g), topic.name, 1);
  co_await describe(s, g);
  co_await first_member(s, g);
  for (std::int16_t version = 0; version <= 5; ++version) {
    co_await describe(s, g, version);
  }
}

Awaitable<void> described_in_6(Story& s) {
  const GroupName g = co_await new_group(s);
  co_await describe(s, g, 6);
}

// Other stories have groups, too.
Awaitable<void> list(Story& s, const GroupName& g, protocol::ListGroupsRequest request,
                     std::string_view what) {
  const Reply reply = co_await s.ask(g.coordinator, request, 5);
  std::string found = "not listed";
  for (const auto& group : reply.as<protocol::ListGroupsResponse>().groups) {
    if (group.group_id != g.id) continue;
    found =
        fmt::format("listed as {} {} {}", group.protocol_type, group.group_state, group.group_type);
  }
  s.note(fmt::format("{}: {}", what, found));
}

Awaitable<void> listed(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  co_await list(s, g, {}, "unknown");
  co_await commit(s, g.id, nobody(g), topic.name, 1);
  co_await list(s, g, {}, "with offsets");
  co_await first_member(s, g);
  co_await list(s, g, {}, "with members");
  protocol::ListGroupsRequest request;
  request.states_filter = {"Empty", "Dead"};
  co_await list(s, g, request, "by state Empty or Dead");
  request.states_filter = {"stable"};
  co_await list(s, g, request, "by state stable");
  request.states_filter.clear();
  request.types_filter = {"classic"};
  co_await list(s, g, request, "by type classic");
  request.types_filter = {"consumer"};
  co_await list(s, g, request, "by type consumer");
}

Awaitable<void> delete_group(Story& s, const GroupName& g) {
  protocol::DeleteGroupsRequest request;
  request.groups_names.push_back(g.id);
  co_await s.call(g.coordinator, request, 2);
}

Awaitable<void> deleted(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic();
  co_await delete_group(s, g);
  co_await commit(s, g.id, nobody(g), topic.name, 1);
  const Member member = co_await first_member(s, g);
  co_await delete_group(s, g);
  co_await leave(s, g.id, member);
  co_await delete_group(s, g);
  co_await fetch_offsets(s, g, topic.name);
  co_await describe(s, g);
}

Awaitable<void> delete_offsets(Story& s, const GroupName& g, std::string_view topic,
                               std::vector<std::int32_t> partitions) {
  protocol::OffsetDeleteRequest request;
  request.group_id = g.id;
  auto& asked = request.topics.emplace_back();
  asked.name = topic;
  for (const std::int32_t partition : partitions) {
    asked.partitions.push_back({.partition_index = partition});
  }
  co_await s.call(g.coordinator, request, 0);
}

Awaitable<void> offsets_deleted(Story& s) {
  const GroupName g = co_await new_group(s);
  const Topic topic = co_await s.topic("", 2);
  const std::vector<std::int32_t> partitions = {0, 1, 2};
  co_await delete_offsets(s, g, topic.name, partitions);
  co_await commit(s, g.id, nobody(g), topic.name, 1);
  co_await delete_offsets(s, g, topic.name, partitions);
  co_await fetch_offsets(s, g, topic.name);
}

constexpr Telling kStories[] = {
    {"offsets are committed without members", committed},
    {"every version of OffsetCommit from 2 on is answered", commit_versions},
    {"versions 1 to 7 of OffsetFetch are answered", fetch_versions},
    {"OffsetFetch from version 8 on asks for several groups", several_groups},
    {"a group that is not known has no offsets", unknown_group},
    {"offsets of missing topics and partitions are refused", missing_topic},
    {"metadata of more than 4096 bytes is OFFSET_METADATA_TOO_LARGE", metadata_sizes},
    {"a group with members takes commits from them alone", with_members},
    {"a group without members takes no generation", without_members},
    {"commits before there is an assignment are refused", before_assignment},
    {"commits to a group without a name", empty_name},
    {"commits to another broker are NOT_COORDINATOR", another_broker},
    {"groups are described", described},
    {"a group that is not known is GROUP_ID_NOT_FOUND in version 6", described_in_6, kSince41},
    {"groups are listed", listed},
    {"groups are deleted when they have no members", deleted},
    {"offsets are deleted", offsets_deleted},
};

}  // namespace

std::span<const Telling> group_offset_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
