// JoinGroup, versions 0 to 9: enters a group, and waits until the others have (core/group.h). Left
// out: groups of KIP-848, limits on their size.
#include "protocol/messages/join_group.h"

#include <chrono>
#include <memory>

#include "broker/api/group_lookup.h"
#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::JoinGroupRequest;
using protocol::JoinGroupResponse;

namespace {

// Kafka's defaults of group.min.session.timeout.ms and group.max.session.timeout.ms, the latter
// since 2.3.
constexpr std::int32_t kSessionTimeoutMinMs = 6'000;
constexpr std::int32_t kSessionTimeoutMaxMs = 1'800'000;
constexpr std::int16_t kFirstVersionWithoutProtocolName = 7;

ErrorCode check(CallContext& call, const JoinGroupRequest& request) {
  const ErrorCode error = check_group(call, request.group_id);
  if (error != ErrorCode::kNone) return error;
  if (request.session_timeout_ms < kSessionTimeoutMinMs ||
      request.session_timeout_ms > kSessionTimeoutMaxMs) {
    return ErrorCode::kInvalidSessionTimeout;
  }
  const bool is_member = !request.member_id.empty();
  const bool is_unknown = is_member && call.cluster.groups().find(request.group_id) == nullptr;
  return is_unknown ? ErrorCode::kUnknownMemberId : ErrorCode::kNone;
}

Group::Join copy_of(const CallContext& call, const JoinGroupRequest& request) {
  // Version 0 has one timeout for both.
  const std::int32_t rebalance_timeout_ms =
      call.version == 0 ? request.session_timeout_ms : request.rebalance_timeout_ms;
  Group::Join join{.version = call.version,
                   .member_id = std::string(request.member_id),
                   .instance_id = {},
                   .client_id = call.client_id,
                   .client_host = "/127.0.0.1",  // a Stream does not tell whose it is
                   .session_timeout = std::chrono::milliseconds(request.session_timeout_ms),
                   .rebalance_timeout = std::chrono::milliseconds(rebalance_timeout_ms),
                   .protocol_type = std::string(request.protocol_type),
                   .protocols = {}};
  if (request.group_instance_id) join.instance_id = std::string(*request.group_instance_id);
  for (const auto& protocol : request.protocols) {
    join.protocols.push_back(
        {std::string(protocol.name), Buffer(protocol.metadata.begin(), protocol.metadata.end())});
  }
  return join;
}

// The response refers to the answer.
void fill(JoinGroupResponse& response, const Group::JoinAnswer& answer) {
  response.error_code = answer.error;
  response.generation_id = answer.generation;
  response.protocol_type = answer.protocol_type;
  if (answer.protocol_name) response.protocol_name = answer.protocol_name;
  response.leader = answer.leader;
  response.skip_assignment = answer.skip_assignment;
  response.member_id = answer.member_id;
  for (const auto& member : answer.members) {
    response.members.push_back({.member_id = member.id,
                                .group_instance_id = member.instance_id,
                                .metadata = member.metadata});
  }
}

}  // namespace

net::Awaitable<void> join_group(CallContext& call, const JoinGroupRequest& request,
                                JoinGroupResponse& response) {
  response.member_id = request.member_id;
  if (call.version >= kFirstVersionWithoutProtocolName) response.protocol_name.reset();
  response.error_code = check(call, request);
  if (response.error_code != ErrorCode::kNone) co_return;
  const std::string group_id(request.group_id);
  const Group::Join join = copy_of(call, request);
  std::optional<Group::JoinAnswer> answer =
      co_await call.cluster.groups().join(call, group_id, join);
  if (!answer) {
    call.outcome = Outcome::kClose;
    co_return;
  }
  const auto kept = std::make_shared<const Group::JoinAnswer>(std::move(*answer));
  fill(response, *kept);
  call.keep(kept);
}

}  // namespace kmirror::broker
