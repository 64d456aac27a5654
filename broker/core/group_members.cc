#include "broker/core/group_members.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace kmirror::broker {

const Buffer& GroupMember::metadata_of(std::string_view protocol) const {
  const auto found = std::ranges::find(protocols, protocol, &GroupProtocol::name);
  KM_CHECK(found != protocols.end(), "a group's protocol is one that all its members support");
  return found->metadata;
}

GroupMember* GroupMembers::find(std::string_view id) {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}

GroupMember* GroupMembers::find_static(std::string_view instance_id) {
  for (auto& [id, member] : members_) {
    if (member.instance_id == instance_id) return &member;
  }
  return nullptr;
}

GroupMember& GroupMembers::add(GroupMember member) {
  if (members_.empty()) leader_ = member.id;
  const auto [at, is_added] = members_.emplace(member.id, std::move(member));
  KM_CHECK(is_added, "a member is added once");
  return at->second;
}

void GroupMembers::remove(std::string_view id) {
  const bool was_leader = leader_ == id;
  const auto at = members_.find(id);
  if (at != members_.end()) members_.erase(at);
  if (was_leader) leader_ = members_.empty() ? std::string() : members_.begin()->first;
}

GroupMember& GroupMembers::change_id(std::string_view id, const std::string& new_id) {
  if (leader_ == id) leader_ = new_id;
  auto node = members_.extract(members_.find(id));
  node.key() = new_id;
  node.mapped().id = new_id;
  return members_.insert(std::move(node)).position->second;
}

bool GroupMembers::elect_joining_leader() {
  const GroupMember* const current = find(leader_);
  if (current != nullptr && current->joining) return true;
  const auto next =
      std::ranges::find_if(members_, [](const auto& entry) { return !!entry.second.joining; });
  if (next == members_.end()) return false;
  leader_ = next->first;
  return true;
}

bool GroupMembers::all_join() const {
  return std::ranges::all_of(members_, [](const auto& entry) { return !!entry.second.joining; });
}

bool GroupMembers::any_owes_sync() const {
  return std::ranges::any_of(members_, [](const auto& entry) { return entry.second.owes_sync; });
}

bool GroupMembers::all_support(std::string_view protocol) const {
  return std::ranges::all_of(members_, [protocol](const auto& entry) {
    const std::vector<GroupProtocol>& own = entry.second.protocols;
    return std::ranges::find(own, protocol, &GroupProtocol::name) != own.end();
  });
}

bool GroupMembers::support_one_of(const std::vector<GroupProtocol>& protocols) const {
  return std::ranges::any_of(
      protocols, [this](const GroupProtocol& protocol) { return all_support(protocol.name); });
}

std::string GroupMembers::choose_protocol() const {
  std::map<std::string, int> votes;
  for (const auto& [id, member] : members_) {
    const auto vote = std::ranges::find_if(member.protocols, [this](const GroupProtocol& protocol) {
      return all_support(protocol.name);
    });
    KM_CHECK(vote != member.protocols.end(), "members are let in with a protocol of all");
    ++votes[vote->name];
  }
  return std::ranges::max_element(votes, {}, [](const auto& entry) { return entry.second; })->first;
}

Duration GroupMembers::rebalance_timeout() const {
  Duration longest{};
  for (const auto& [id, member] : members_) longest = std::max(longest, member.rebalance_timeout);
  return longest;
}

}  // namespace kmirror::broker
