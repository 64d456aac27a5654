#include <fmt/format.h>

#include "broker/core/group.h"

namespace kmirror::broker {

namespace {

// A new member cannot send heartbeats, and nobody notices when it hangs up while its JoinGroup
// waits: so it may wait for so long, and then has to come again. Kafka's NewMemberJoinTimeoutMs.
constexpr Duration kNewMemberJoinTimeout = std::chrono::minutes(5);

}  // namespace

void Group::on_join(GroupTicket ticket, const Join& join, TimePoint now) {
  if (!accepts(join)) {
    refuse_join(ticket, ErrorCode::kInconsistentGroupProtocol, join.member_id);
  } else if (join.member_id.empty()) {
    join_new(ticket, join, now);
  } else {
    join_known(ticket, join, now);
  }
  complete_join_if_ready(now);
}

bool Group::accepts(const Join& join) const {
  if (state_ == State::kEmpty) return !join.protocol_type.empty() && !join.protocols.empty();
  return join.protocol_type == protocol_type_ && members_.support_one_of(join.protocols);
}

void Group::join_new(GroupTicket ticket, const Join& join, TimePoint now) {
  std::string id = make_member_id(join);
  if (join.instance_id) {
    GroupMember* const member = members_.find_static(*join.instance_id);
    if (member != nullptr) {
      replace(*member, std::move(id), ticket, join, now);
    } else {
      add(std::move(id), ticket, join, now);
    }
  } else if (join.version >= 4) {
    refuse_join(ticket, ErrorCode::kMemberIdRequired, id);
    pending_.emplace(std::move(id), now + join.session_timeout);
  } else {
    add(std::move(id), ticket, join, now);
  }
}

void Group::join_known(GroupTicket ticket, const Join& join, TimePoint now) {
  if (pending_.contains(join.member_id)) {
    if (join.instance_id) {
      // An IllegalStateException in Kafka: static members are not given ids in advance.
      refuse_join(ticket, ErrorCode::kUnknownServerError, "");
      return;
    }
    pending_.erase(join.member_id);
    add(join.member_id, ticket, join, now);
    return;
  }
  const ErrorCode error = check_member(join.member_id, join.instance_id);
  if (error != ErrorCode::kNone) {
    refuse_join(ticket, error, join.member_id);
    return;
  }
  join_again(*members_.find(join.member_id), ticket, join, now);
}

void Group::join_again(GroupMember& member, GroupTicket ticket, const Join& join, TimePoint now) {
  const bool is_same = member.protocols == join.protocols;
  // The leader's JoinGroup in a stable group is its wish for a rebalance, because something changed
  // that no member's metadata tell. Without such a wish it has only missed an answer.
  const bool is_settled = (state_ == State::kCompletingRebalance && is_same) ||
                          (state_ == State::kStable && is_same && member.id != members_.leader());
  if (is_settled) {
    answers_.joins.push_back({ticket, describe_generation_to(member)});
    return;
  }
  update(member, ticket, join);
  if (state_ != State::kPreparingRebalance) prepare_rebalance(now);
}

void Group::add(std::string id, GroupTicket ticket, const Join& join, TimePoint now) {
  protocol_type_ = join.protocol_type;
  GroupMember member{.id = std::move(id),
                     .instance_id = join.instance_id,
                     .client_id = join.client_id,
                     .client_host = join.client_host,
                     .session_deadline = now + kNewMemberJoinTimeout};
  update(members_.add(std::move(member)), ticket, join);
  if (state_ == State::kPreparingRebalance) {
    member_came_ = true;
  } else {
    prepare_rebalance(now);
  }
}

void Group::update(GroupMember& member, GroupTicket ticket, const Join& join) {
  if (member.joining) refuse_join(*member.joining, ErrorCode::kRebalanceInProgress, member.id);
  member.joining = ticket;
  member.protocols = join.protocols;
  member.session_timeout = join.session_timeout;
  member.rebalance_timeout = join.rebalance_timeout;
}

// A static member that comes again without its id takes its old place, and in a stable group keeps
// its old work.
void Group::replace(GroupMember& old, std::string id, GroupTicket ticket, const Join& join,
                    TimePoint now) {
  const std::string old_leader = members_.leader();
  if (old.joining) refuse_join(*old.joining, ErrorCode::kFencedInstanceId, old.id);
  if (old.syncing) refuse_sync(*old.syncing, ErrorCode::kFencedInstanceId);
  old.joining.reset();
  old.syncing.reset();
  old.is_new = false;
  keep_alive(old, now);
  GroupMember& member = members_.change_id(std::string(old.id), id);
  update(member, ticket, join);
  if (state_ == State::kPreparingRebalance) return;
  if (state_ != State::kStable || members_.choose_protocol() != protocol_name_) {
    prepare_rebalance(now);
    return;
  }
  JoinAnswer answer = describe_generation_to(member);
  if (join.version >= 9) {
    answer.skip_assignment = member.id == members_.leader();
  } else {
    // Under its old name it does not take itself for the leader, and makes no assignment that
    // would go nowhere (KIP-814).
    answer.leader = old_leader;
    answer.members.clear();
  }
  answers_.joins.push_back({ticket, std::move(answer)});
  member.joining.reset();
}

Group::JoinAnswer Group::describe_generation_to(const GroupMember& member) const {
  JoinAnswer answer{.member_id = member.id,
                    .generation = generation_,
                    .protocol_type = protocol_type_,
                    .protocol_name = protocol_name_,
                    .leader = members_.leader()};
  if (member.id != members_.leader()) return answer;
  for (const auto& [id, each] : members_) {
    answer.members.push_back({id, each.instance_id, each.metadata_of(*protocol_name_)});
  }
  return answer;
}

std::string Group::make_member_id(const Join& join) {
  const std::uint64_t high = random_.next();
  const std::uint64_t low = random_.next();
  // A random UUID (RFC 4122): version 4, variant 1.
  return fmt::format("{}-{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
                     join.instance_id.value_or(join.client_id), high >> 32, (high >> 16) & 0xffff,
                     high & 0xfff, 0x8000 | ((low >> 48) & 0x3fff), low & 0xffff'ffff'ffff);
}

}  // namespace kmirror::broker
