// Steps of stories about groups, at their coordinator. Each is written down but for what its name
// or comment says.
#pragma once

#include <string>
#include <vector>

#include "conformance/story.h"
#include "protocol/messages/join_group.h"
#include "protocol/messages/offset_commit.h"

namespace kmirror::conformance {

// A group without members, and who looks after it.
struct GroupName {
  std::string id;
  To coordinator;
};
Awaitable<GroupName> new_group(Story& story, std::string_view name = "g");

// A member, and its connection to the coordinator.
struct Member {
  std::string id;
  std::int32_t generation = -1;
  To to;
};

// "protocols" are their names, in the order of preference.
struct JoinOptions {
  std::int16_t version = 7;
  std::int32_t session_timeout_ms = 30'000;
  std::int32_t rebalance_timeout_ms = 30'000;
  std::optional<std::string_view> instance;
  std::string_view protocol_type = "consumer";
  std::string_view protocol = "range";
  std::string_view other_protocol;
};
protocol::JoinGroupRequest join_request(std::string_view group, std::string_view member,
                                        JoinOptions options = {});

Awaitable<Member> join(Story& story, To to, std::string_view group, std::string_view member,
                       JoinOptions options = {});
// In two steps: the answer comes when all have joined.
Awaitable<void> send_join(Story& story, To to, std::string_view group, std::string_view member,
                          JoinOptions options = {});
Awaitable<Member> joined(Story& story, To to);

// A first member: joins twice, the second time with the id that it was given, and hands out the
// assignment "a" to itself. Not written down.
Awaitable<Member> first_member(Story& story, const GroupName& group, JoinOptions options = {});

// SyncGroup with assignments for these members: their ids, a letter each.
Awaitable<void> sync(Story& story, std::string_view group, const Member& member,
                     std::vector<std::string> assigned, std::int16_t version = 5);
Awaitable<void> send_sync(Story& story, std::string_view group, const Member& member,
                          std::vector<std::string> assigned, std::int16_t version = 5);

Awaitable<void> heartbeat(Story& story, std::string_view group, const Member& member,
                          std::optional<std::string_view> instance = {});
// Heartbeats until a rebalance has begun. Not written down.
Awaitable<void> until_rebalance(Story& story, std::string_view group, const Member& member);

Awaitable<void> leave(Story& story, std::string_view group, const Member& member,
                      std::int16_t version = 5);

struct CommitOptions {
  std::int16_t version = 8;
  std::int32_t partition = 0;
  std::int32_t leader_epoch = -1;
  std::string_view metadata;
  std::optional<std::string_view> instance;
};
Awaitable<void> commit(Story& story, std::string_view group, const Member& member,
                       std::string_view topic, std::int64_t offset, CommitOptions options = {});

// OffsetFetch of partitions 0 and 1, or of all with offsets if there is no topic.
Awaitable<void> fetch_offsets(Story& story, const GroupName& group, std::string_view topic,
                              std::int16_t version = 7);

Awaitable<void> describe(Story& story, const GroupName& group, std::int16_t version = 5);
// Not written down.
Awaitable<void> until_no_members(Story& story, const GroupName& group);

}  // namespace kmirror::conformance
