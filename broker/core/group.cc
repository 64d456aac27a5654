#include "broker/core/group.h"

#include <algorithm>

#include "base/check.h"
#include "broker/core/subscribed_topics.h"

namespace kmirror::broker {

std::string_view to_string(Group::State state) {
  switch (state) {
    case Group::State::kEmpty:
      return "Empty";
    case Group::State::kPreparingRebalance:
      return "PreparingRebalance";
    case Group::State::kCompletingRebalance:
      return "CompletingRebalance";
    case Group::State::kStable:
      return "Stable";
  }
  KM_CHECK(false, "a group has one of these states");
}

void Group::on_sync(GroupTicket ticket, const Sync& sync, TimePoint now) {
  const ErrorCode error = check_sync(sync);
  if (error != ErrorCode::kNone) {
    refuse_sync(ticket, error);
    return;
  }
  GroupMember& member = *members_.find(sync.caller.member_id);
  member.owes_sync = false;
  if (!members_.any_owes_sync()) sync_deadline_ = kNever;
  if (state_ == State::kStable) {
    keep_alive(member, now);
    answers_.syncs.push_back(
        {ticket, {ErrorCode::kNone, protocol_type_, protocol_name_, member.assignment}});
    return;
  }
  if (member.syncing) refuse_sync(*member.syncing, ErrorCode::kRebalanceInProgress);
  member.syncing = ticket;
  if (member.id == members_.leader()) assign(sync, now);
}

Group::ErrorCode Group::check_sync(const Sync& sync) {
  const ErrorCode error = check_member(sync.caller.member_id, sync.caller.instance_id);
  if (error != ErrorCode::kNone) return error;
  if (sync.caller.generation != generation_) return ErrorCode::kIllegalGeneration;
  if ((sync.protocol_type && *sync.protocol_type != protocol_type_) ||
      (sync.protocol_name && sync.protocol_name != protocol_name_)) {
    return ErrorCode::kInconsistentGroupProtocol;
  }
  return state_ == State::kPreparingRebalance ? ErrorCode::kRebalanceInProgress : ErrorCode::kNone;
}

void Group::assign(const Sync& sync, TimePoint now) {
  for (auto& [id, member] : members_) {
    const auto found = sync.assignments.find(id);
    member.assignment = found == sync.assignments.end() ? Buffer() : found->second;
    if (!member.syncing) continue;
    answers_.syncs.push_back(
        {*member.syncing, {ErrorCode::kNone, protocol_type_, protocol_name_, member.assignment}});
    member.syncing.reset();
    keep_alive(member, now);
  }
  state_ = State::kStable;
}

Group::ErrorCode Group::on_heartbeat(const Caller& caller, TimePoint now) {
  const ErrorCode error = check_member(caller.member_id, caller.instance_id);
  if (error != ErrorCode::kNone) return error;
  if (caller.generation != generation_) return ErrorCode::kIllegalGeneration;
  keep_alive(*members_.find(caller.member_id), now);
  return state_ == State::kPreparingRebalance ? ErrorCode::kRebalanceInProgress : ErrorCode::kNone;
}

Group::ErrorCode Group::on_leave(std::string_view member_id,
                                 std::optional<std::string_view> instance_id, TimePoint now) {
  if (member_id.empty()) {
    const GroupMember* const member = instance_id ? members_.find_static(*instance_id) : nullptr;
    if (member == nullptr) return ErrorCode::kUnknownMemberId;
    remove(std::string(member->id), now);
    return ErrorCode::kNone;
  }
  const auto pending = pending_.find(member_id);
  if (pending != pending_.end()) {
    pending_.erase(pending);
    complete_join_if_ready(now);
    return ErrorCode::kNone;
  }
  const ErrorCode error = check_member(member_id, instance_id);
  if (error == ErrorCode::kNone) remove(member_id, now);
  return error;
}

Group::ErrorCode Group::on_commit(const Caller& caller, bool in_transaction, TimePoint now) {
  const bool is_empty = state_ == State::kEmpty;
  if (caller.generation < 0 && is_empty) return ErrorCode::kNone;
  if (caller.generation < 0 && caller.member_id.empty() && !caller.instance_id) {
    return in_transaction ? ErrorCode::kNone : ErrorCode::kUnknownMemberId;
  }
  const ErrorCode error = check_member(caller.member_id, caller.instance_id);
  if (error != ErrorCode::kNone) return error;
  if (caller.generation != generation_) return ErrorCode::kIllegalGeneration;
  if (in_transaction) return ErrorCode::kNone;
  if (state_ == State::kCompletingRebalance) return ErrorCode::kRebalanceInProgress;
  keep_alive(*members_.find(caller.member_id), now);
  return ErrorCode::kNone;
}

Group::ErrorCode Group::check_member(std::string_view member_id,
                                     std::optional<std::string_view> instance_id) {
  if (instance_id) {
    const GroupMember* const member = members_.find_static(*instance_id);
    if (member == nullptr) return ErrorCode::kUnknownMemberId;
    if (member->id != member_id) return ErrorCode::kFencedInstanceId;
  }
  return members_.find(member_id) ? ErrorCode::kNone : ErrorCode::kUnknownMemberId;
}

void Group::keep_alive(GroupMember& member, TimePoint now) {
  member.session_deadline = now + member.session_timeout;
}

void Group::remove(std::string_view member_id, TimePoint now) {
  const GroupMember& member = *members_.find(member_id);
  if (member.joining) refuse_join(*member.joining, ErrorCode::kUnknownMemberId, "");
  if (member.syncing) refuse_sync(*member.syncing, ErrorCode::kUnknownMemberId);
  members_.remove(member_id);
  if (state_ == State::kPreparingRebalance) {
    complete_join_if_ready(now);
  } else {
    prepare_rebalance(now);
  }
}

void Group::prepare_rebalance(TimePoint now) {
  for (auto& [id, member] : members_) {
    if (state_ == State::kCompletingRebalance) member.assignment.clear();
    if (!member.syncing) continue;
    refuse_sync(*member.syncing, ErrorCode::kRebalanceInProgress);
    member.syncing.reset();
    keep_alive(member, now);
  }
  sync_deadline_ = kNever;
  is_initial_ = state_ == State::kEmpty;
  member_came_ = false;
  state_ = State::kPreparingRebalance;
  const Duration timeout = members_.rebalance_timeout();
  join_deadline_ = now + (is_initial_ ? initial_rebalance_delay_ : timeout);
  remaining_delay_ = std::max(timeout - initial_rebalance_delay_, Duration::zero());
  complete_join_if_ready(now);
}

void Group::complete_join_if_ready(TimePoint now) {
  if (state_ != State::kPreparingRebalance) return;
  if (is_initial_) {
    if (join_deadline_ <= now) on_join_deadline(now);
  } else if (members_.all_join() && pending_.empty()) {
    complete_join(now);
  }
}

void Group::on_join_deadline(TimePoint now) {
  if (is_initial_ && member_came_ && remaining_delay_ > Duration::zero()) {
    member_came_ = false;
    const Duration delay = std::min(initial_rebalance_delay_, remaining_delay_);
    remaining_delay_ -= delay;
    join_deadline_ = now + delay;
    return;
  }
  complete_join(now);
}

void Group::complete_join(TimePoint now) {
  std::vector<std::string> late;
  for (const auto& [id, member] : members_) {
    if (!member.joining && !member.instance_id) late.push_back(id);
  }
  for (const std::string& id : late) members_.remove(id);
  if (!members_.empty() && !members_.elect_joining_leader()) {
    // Static members alone, of which none is there: their sessions decide.
    constexpr Duration kLeast = std::chrono::milliseconds(1);
    join_deadline_ = now + std::max(members_.rebalance_timeout(), kLeast);
    return;
  }
  begin_generation(now);
}

void Group::begin_generation(TimePoint now) {
  join_deadline_ = kNever;
  ++generation_;
  protocol_name_.reset();
  if (!members_.empty()) protocol_name_ = members_.choose_protocol();
  subscribed_ =
      is_of_consumers() ? subscribed_topics(members_, protocol_name_.value_or("")) : std::nullopt;
  if (members_.empty()) {
    state_ = State::kEmpty;
    return;
  }
  state_ = State::kCompletingRebalance;
  for (auto& [id, member] : members_) {
    if (member.joining) {
      answers_.joins.push_back({*member.joining, describe_generation_to(member)});
      member.joining.reset();
    }
    keep_alive(member, now);
    member.is_new = false;
    member.owes_sync = true;
  }
  sync_deadline_ = now + members_.rebalance_timeout();
}

void Group::on_sync_deadline(TimePoint now) {
  sync_deadline_ = kNever;
  std::vector<std::string> late;
  for (const auto& [id, member] : members_) {
    if (member.owes_sync) late.push_back(id);
  }
  for (const std::string& id : late) members_.remove(id);
  prepare_rebalance(now);
}

void Group::expire(std::string_view member_id, TimePoint now) {
  const std::string id(member_id);
  if (pending_.erase(id) > 0) {
    complete_join_if_ready(now);
  } else if (members_.find(id) != nullptr) {
    remove(id, now);
  }
}

void Group::on_move(TimePoint now) {
  std::vector<std::string> forgotten;
  for (auto& [id, member] : members_) {
    if (member.joining) refuse_join(*member.joining, ErrorCode::kNotCoordinator, id);
    if (member.syncing) refuse_sync(*member.syncing, ErrorCode::kNotCoordinator);
    member.joining.reset();
    member.syncing.reset();
    keep_alive(member, now);
    if (member.is_new) forgotten.push_back(id);
  }
  for (const std::string& id : forgotten) members_.remove(id);
  pending_.clear();
  is_initial_ = false;
  const TimePoint deadline = now + members_.rebalance_timeout();
  if (join_deadline_ != kNever) join_deadline_ = deadline;
  if (sync_deadline_ != kNever) sync_deadline_ = deadline;
  complete_join_if_ready(now);
}

void Group::on_time(TimePoint now) {
  std::vector<std::string> expired;
  for (auto& [id, member] : members_) {
    if (member.session_deadline > now) continue;
    // Who waits for an answer is there, except that a new member may have gone unnoticed.
    const bool is_there = !member.is_new && (member.joining || member.syncing);
    if (is_there) {
      member.session_deadline = kNever;
    } else {
      expired.push_back(id);
    }
  }
  for (const auto& [id, deadline] : pending_) {
    if (deadline <= now) expired.push_back(id);
  }
  for (const std::string& id : expired) expire(id, now);
  if (sync_deadline_ <= now) on_sync_deadline(now);
  if (join_deadline_ <= now) on_join_deadline(now);
}

TimePoint Group::next_deadline() const {
  TimePoint next = std::min(join_deadline_, sync_deadline_);
  for (const auto& [id, member] : members_) next = std::min(next, member.session_deadline);
  for (const auto& [id, deadline] : pending_) next = std::min(next, deadline);
  return next;
}

bool Group::is_of_consumers() const {
  return protocol_type_ == "consumer";
}

bool Group::is_subscribed_to(std::string_view topic) const {
  return subscribed_ ? subscribed_->contains(topic) : is_of_consumers();
}

void Group::refuse_join(GroupTicket ticket, ErrorCode error, std::string_view member_id) {
  answers_.joins.push_back({ticket, {.error = error, .member_id = std::string(member_id)}});
}

void Group::refuse_sync(GroupTicket ticket, ErrorCode error) {
  answers_.syncs.push_back({ticket, {.error = error}});
}

}  // namespace kmirror::broker
