#include "conformance/group_steps.h"

#include "protocol/messages/describe_groups.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/leave_group.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/sync_group.h"

namespace kmirror::conformance {
namespace {

Member member_of(const Reply& reply, To to) {
  const auto& answer = reply.as<protocol::JoinGroupResponse>();
  return {.id = std::string(answer.member_id), .generation = answer.generation_id, .to = to};
}

// Refers to its arguments.
protocol::SyncGroupRequest sync_request(std::string_view group, const Member& member,
                                        const std::vector<std::string>& assigned,
                                        std::int16_t version) {
  static constexpr std::string_view kLetters[] = {"a", "b", "c"};
  protocol::SyncGroupRequest request;
  request.group_id = group;
  request.generation_id = member.generation;
  request.member_id = member.id;
  if (version >= 5) {
    request.protocol_type = "consumer";
    request.protocol_name = "range";
  }
  for (const std::string& to : assigned) {
    request.assignments.push_back(
        {.member_id = to, .assignment = as_bytes(kLetters[request.assignments.size()])});
  }
  return request;
}

protocol::HeartbeatRequest heartbeat_request(std::string_view group, const Member& member) {
  return {.group_id = group, .generation_id = member.generation, .member_id = member.id};
}

}  // namespace

Awaitable<GroupName> new_group(Story& story, std::string_view name) {
  GroupName made{.id = story.name(name)};
  made.coordinator = co_await story.coordinator(made.id, 0);
  co_return made;
}

protocol::JoinGroupRequest join_request(std::string_view group, std::string_view member,
                                        JoinOptions options) {
  protocol::JoinGroupRequest request;
  request.group_id = group;
  request.session_timeout_ms = options.session_timeout_ms;
  if (options.version >= 1) request.rebalance_timeout_ms = options.rebalance_timeout_ms;
  request.member_id = member;
  request.group_instance_id = options.instance;
  request.protocol_type = options.protocol_type;
  for (const std::string_view name : {options.protocol, options.other_protocol}) {
    if (!name.empty()) request.protocols.push_back({.name = name, .metadata = as_bytes("m")});
  }
  return request;
}

Awaitable<Member> join(Story& story, To to, std::string_view group, std::string_view member,
                       JoinOptions options) {
  const auto request = join_request(group, member, options);
  const Reply reply = co_await story.call(to, request, options.version);
  co_return member_of(reply, to);
}

Awaitable<void> send_join(Story& story, To to, std::string_view group, std::string_view member,
                          JoinOptions options) {
  const auto request = join_request(group, member, options);
  co_await story.send(to, request, options.version);
}

Awaitable<Member> joined(Story& story, To to) {
  const Reply reply = co_await story.receive(to);
  co_return member_of(reply, to);
}

Awaitable<Member> first_member(Story& story, const GroupName& group, JoinOptions options) {
  const To to = group.coordinator;
  auto request = join_request(group.id, "", options);
  const Reply given = co_await story.ask(to, request, options.version);
  Member member = member_of(given, to);
  if (!options.instance) {
    request.member_id = member.id;
    const Reply reply = co_await story.ask(to, request, options.version);
    member = member_of(reply, to);
  }
  story.masks().learn_member(member.id);
  const std::vector<std::string> assigned(1, member.id);
  const auto assignment = sync_request(group.id, member, assigned, 3);
  co_await story.ask(to, assignment, 3);
  // The coordinator answers a moment before the group is stable, which ListGroups may see.
  protocol::DescribeGroupsRequest describe;
  describe.groups.push_back(group.id);
  co_await story.ask(to, describe, 5);
  co_return member;
}

Awaitable<void> sync(Story& story, std::string_view group, const Member& member,
                     std::vector<std::string> assigned, std::int16_t version) {
  const auto request = sync_request(group, member, assigned, version);
  co_await story.call(member.to, request, version);
}

Awaitable<void> send_sync(Story& story, std::string_view group, const Member& member,
                          std::vector<std::string> assigned, std::int16_t version) {
  const auto request = sync_request(group, member, assigned, version);
  co_await story.send(member.to, request, version);
}

Awaitable<void> heartbeat(Story& story, std::string_view group, const Member& member,
                          std::optional<std::string_view> instance) {
  auto request = heartbeat_request(group, member);
  request.group_instance_id = instance;
  co_await story.call(member.to, request, 4);
}

Awaitable<void> until_rebalance(Story& story, std::string_view group, const Member& member) {
  const auto request = heartbeat_request(group, member);
  for (int i = 0; i < 500; ++i) {
    const Reply reply = co_await story.ask(member.to, request, 4);
    const auto code = reply.as<protocol::HeartbeatResponse>().error_code;
    if (code == protocol::ErrorCode::kRebalanceInProgress) co_return;
    co_await story.breathe();
  }
  story.note("there was no rebalance");
}

Awaitable<void> leave(Story& story, std::string_view group, const Member& member,
                      std::int16_t version) {
  protocol::LeaveGroupRequest request;
  request.group_id = group;
  if (version >= 3) {
    request.members.push_back({.member_id = member.id});
  } else {
    request.member_id = member.id;
  }
  co_await story.call(member.to, request, version);
}

Awaitable<void> commit(Story& story, std::string_view group, const Member& member,
                       std::string_view topic, std::int64_t offset, CommitOptions options) {
  protocol::OffsetCommitRequest request;
  request.group_id = group;
  request.generation_id_or_member_epoch = member.generation;
  request.member_id = member.id;
  request.group_instance_id = options.instance;
  request.topics.push_back({.name = topic,
                            .partitions = {{.partition_index = options.partition,
                                            .committed_offset = offset,
                                            .committed_leader_epoch = options.leader_epoch,
                                            .committed_metadata = options.metadata}}});
  co_await story.call(member.to, request, options.version);
}

Awaitable<void> fetch_offsets(Story& story, const GroupName& group, std::string_view topic,
                              std::int16_t version) {
  protocol::OffsetFetchRequest request;
  request.group_id = group.id;
  if (topic.empty()) {
    request.topics.reset();
  } else {
    request.topics->push_back({.name = topic, .partition_indexes = {0, 1}});
  }
  co_await story.call(group.coordinator, request, version);
}

Awaitable<void> describe(Story& story, const GroupName& group, std::int16_t version) {
  protocol::DescribeGroupsRequest request;
  request.groups.push_back(group.id);
  co_await story.call(group.coordinator, request, version);
}

Awaitable<void> until_no_members(Story& story, const GroupName& group) {
  protocol::DescribeGroupsRequest request;
  request.groups.push_back(group.id);
  for (int i = 0; i < 5000; ++i) {
    const Reply reply = co_await story.ask(group.coordinator, request, 5);
    const auto& groups = reply.as<protocol::DescribeGroupsResponse>().groups;
    if (!groups.empty() && groups[0].members.empty()) co_return;
    co_await story.breathe();
  }
  story.note("the members stayed");
}

}  // namespace kmirror::conformance
