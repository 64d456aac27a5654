// Who belongs to a group, and what follows from that alone: its leader, which protocol all members
// support, who is a static member (KIP-345). Sources: Kafka's GroupMetadata and ClassicGroup.
//
// Members are kept in the order of their ids, where Kafka has hash maps. Owned by a Group; no
// thread rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace kmirror::broker {

// Names a JoinGroup or SyncGroup that waits for its answer.
using GroupTicket = std::uint64_t;

// One way to deal out the work that a member knows; of consumers, an assignor and a subscription.
struct GroupProtocol {
  std::string name;
  Buffer metadata;
  bool operator==(const GroupProtocol&) const = default;
};

struct GroupMember {
  std::string id;
  std::optional<std::string> instance_id;  // of a static member
  std::string client_id;
  std::string client_host;
  Duration session_timeout{};
  Duration rebalance_timeout{};
  std::vector<GroupProtocol> protocols;  // the preferred ones first
  Buffer assignment;
  std::optional<GroupTicket> joining;
  std::optional<GroupTicket> syncing;
  bool is_new = true;      // until its first JoinGroup has been answered
  bool owes_sync = false;  // got this generation's JoinGroup answer, and has not sent SyncGroup
  TimePoint session_deadline = kNever;

  const Buffer& metadata_of(std::string_view protocol) const;
};

class GroupMembers {
 public:
  using Map = std::map<std::string, GroupMember, std::less<>>;

  bool empty() const { return members_.empty(); }
  std::size_t size() const { return members_.size(); }
  Map::iterator begin() { return members_.begin(); }
  Map::iterator end() { return members_.end(); }
  Map::const_iterator begin() const { return members_.begin(); }
  Map::const_iterator end() const { return members_.end(); }

  GroupMember* find(std::string_view id);
  GroupMember* find_static(std::string_view instance_id);

  // Empty without members.
  const std::string& leader() const { return leader_; }

  // The first member becomes the leader.
  GroupMember& add(GroupMember member);
  // Another member becomes the leader if it was the one.
  void remove(std::string_view id);
  // A static member that came again has another id.
  GroupMember& change_id(std::string_view id, const std::string& new_id);

  // Makes a member that joins the leader, if the one that there is does not. False if nobody joins.
  bool elect_joining_leader();

  bool all_join() const;
  bool any_owes_sync() const;

  // Whether all members support at least one of these.
  bool support_one_of(const std::vector<GroupProtocol>& protocols) const;
  // What all support and most prefer; the first by name of equals. There are members.
  std::string choose_protocol() const;

  // The longest that a member asks for.
  Duration rebalance_timeout() const;

 private:
  bool all_support(std::string_view protocol) const;

  Map members_;
  std::string leader_;
};

}  // namespace kmirror::broker
