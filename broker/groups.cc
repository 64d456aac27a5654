#include "broker/groups.h"

#include <algorithm>
#include <utility>

#include "broker/cluster.h"

namespace kmirror::broker {

using net::Awaitable;

// A JoinGroup or SyncGroup, as long as it is worked on.
struct Groups::Waiter {
  Waiter(Groups& owner, CallContext& call)
      : groups(owner), ticket(++owner.last_ticket_), wakeup(call.node.runtime()) {
    groups.waiting_.emplace(ticket, this);
  }
  ~Waiter() { groups.waiting_.erase(ticket); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  Groups& groups;
  const GroupTicket ticket;
  net::Wakeup wakeup;
  std::optional<Group::JoinAnswer> joined;
  std::optional<Group::SyncAnswer> synced;
};

Groups::Groups(Cluster& cluster)
    : cluster_(cluster), member_ids_(cluster.random().split("member ids")) {}

Groups::Entry* Groups::find(std::string_view group_id) {
  const auto found = groups_.find(group_id);
  return found == groups_.end() ? nullptr : &found->second;
}

Groups::Entry& Groups::find_or_create(std::string_view group_id) {
  Entry* const found = find(group_id);
  if (found != nullptr) return *found;
  Entry entry{.group = Group(cluster_.settings().initial_rebalance_delay, member_ids_),
              .offsets = {},
              .coordinator = cluster_.coordinator_of(group_id)};
  return groups_.emplace(group_id, std::move(entry)).first->second;
}

void Groups::remove(std::string_view group_id) {
  groups_.erase(groups_.find(group_id));
}

Awaitable<std::optional<Group::JoinAnswer>> Groups::join(CallContext& call, std::string group_id,
                                                         Group::Join join) {
  Waiter waiter(*this, call);
  Entry& entry = find_or_create(group_id);
  entry.group.on_join(waiter.ticket, join, cluster_.now());
  settle(entry);
  bool running = true;
  while (!waiter.joined && running) running = co_await call.node.wait(waiter.wakeup, kNever);
  co_return std::move(waiter.joined);
}

Awaitable<std::optional<Group::SyncAnswer>> Groups::sync(CallContext& call, std::string group_id,
                                                         Group::Sync sync) {
  Waiter waiter(*this, call);
  Entry& entry = find_or_create(group_id);
  entry.group.on_sync(waiter.ticket, sync, cluster_.now());
  settle(entry);
  bool running = true;
  while (!waiter.synced && running) running = co_await call.node.wait(waiter.wakeup, kNever);
  co_return std::move(waiter.synced);
}

void Groups::settle(Entry& entry) {
  Group::Answers answers = entry.group.take_answers();
  // Nobody waits any more for some of them, because their node has stopped.
  for (auto& [ticket, answer] : answers.joins) {
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end()) continue;
    found->second->joined = std::move(answer);
    found->second->wakeup.notify();
  }
  for (auto& [ticket, answer] : answers.syncs) {
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end()) continue;
    found->second->synced = std::move(answer);
    found->second->wakeup.notify();
  }
  cluster_.reschedule();
}

void Groups::end_transaction(std::int64_t producer_id, bool commit) {
  for (auto& [id, entry] : groups_) entry.offsets.end_transaction(producer_id, commit);
}

void Groups::on_topic_deleted(std::string_view topic) {
  for (auto& [id, entry] : groups_) entry.offsets.remove_topic(topic);
}

void Groups::on_nodes_changed() {
  for (auto& [id, entry] : groups_) {
    const std::int32_t before = std::exchange(entry.coordinator, cluster_.coordinator_of(id));
    if (before == entry.coordinator) continue;
    entry.group.on_move(cluster_.now());
    settle(entry);
  }
}

void Groups::expire_session(std::string_view group_id, std::string_view member_id) {
  Entry* const entry = find(group_id);
  if (entry == nullptr) return;
  entry->group.expire(member_id, cluster_.now());
  settle(*entry);
}

void Groups::on_time(TimePoint now) {
  for (auto& [id, entry] : groups_) {
    if (entry.coordinator < 0 || entry.group.next_deadline() > now) continue;
    entry.group.on_time(now);
    settle(entry);
  }
}

TimePoint Groups::next_deadline() const {
  TimePoint next = kNever;
  for (const auto& [id, entry] : groups_) {
    if (entry.coordinator >= 0) next = std::min(next, entry.group.next_deadline());
  }
  return next;
}

}  // namespace kmirror::broker
