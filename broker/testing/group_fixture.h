// For tests of Group: a group in whose name time passes, with members that join and sync, and the
// answers they got. One object a test.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/core/group.h"

namespace kmirror::broker {

class GroupFixture : public testing::Test {
 protected:
  using ErrorCode = protocol::ErrorCode;
  using State = Group::State;

  static constexpr Duration kSession = std::chrono::seconds(10);
  static constexpr Duration kRebalance = std::chrono::seconds(60);

  static std::vector<GroupProtocol> protocols(std::vector<std::string> names);

  // As consumers of the newest version do it, with "range".
  Group::Join request(std::string member_id = "");

  GroupTicket join(const Group::Join& join);

  GroupTicket sync(const std::string& member_id,
                   std::map<std::string, Buffer, std::less<>> work = {},
                   std::optional<std::string_view> instance_id = std::nullopt);

  ErrorCode heartbeat(const std::string& member_id);

  ErrorCode leave(const std::string& member_id);

  void move();

  void pass(Duration time);

  // An id that JoinGroup has given, which it has to be used with.
  std::string new_id();

  // A group with one member, its leader, and its assignment.
  std::string make_stable();

  // A second one; the leader, which hears of it through a heartbeat, joins again.
  std::string add_to_stable(const std::string& leader);

  GroupTicket join_static(const std::string& instance_id, std::int16_t version = 9);

  bool waits(GroupTicket ticket);

  const Group::JoinAnswer& joined(GroupTicket ticket);

  const Group::SyncAnswer& synced(GroupTicket ticket);

  Random random{1};
  TimePoint now{std::chrono::hours(1)};
  Group group{Duration::zero(), random};

 private:
  void collect();

  GroupTicket last_ticket_ = 0;
  std::map<GroupTicket, Group::JoinAnswer> joins_;
  std::map<GroupTicket, Group::SyncAnswer> syncs_;
};

}  // namespace kmirror::broker
