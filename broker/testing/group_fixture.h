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

  static std::vector<GroupProtocol> protocols(std::vector<std::string> names) {
    std::vector<GroupProtocol> all;
    for (std::string& name : names) all.push_back({std::move(name), Buffer{1}});
    return all;
  }

  // As consumers of the newest version do it, with "range".
  Group::Join request(std::string member_id = "") {
    return {.version = 9,
            .member_id = std::move(member_id),
            .client_id = "client",
            .client_host = "/127.0.0.1",
            .session_timeout = kSession,
            .rebalance_timeout = kRebalance,
            .protocol_type = "consumer",
            .protocols = protocols({"range"})};
  }

  GroupTicket join(const Group::Join& join) {
    group.on_join(++last_ticket_, join, now);
    collect();
    return last_ticket_;
  }

  GroupTicket sync(const std::string& member_id,
                   std::map<std::string, Buffer, std::less<>> work = {},
                   std::optional<std::string_view> instance_id = std::nullopt) {
    Group::Sync sync{.caller = {member_id, instance_id, group.generation()},
                     .assignments = std::move(work)};
    group.on_sync(++last_ticket_, sync, now);
    collect();
    return last_ticket_;
  }

  ErrorCode heartbeat(const std::string& member_id) {
    return group.on_heartbeat({member_id, std::nullopt, group.generation()}, now);
  }

  ErrorCode leave(const std::string& member_id) {
    const ErrorCode error = group.on_leave(member_id, std::nullopt, now);
    collect();
    return error;
  }

  void move() {
    group.on_move(now);
    collect();
  }

  void pass(Duration time) {
    const TimePoint end = now + time;
    while (group.next_deadline() <= end) {
      now = std::max(now, group.next_deadline());
      group.on_time(now);
      collect();
    }
    now = end;
  }

  // An id that JoinGroup has given, which it has to be used with.
  std::string new_id() { return joined(join(request())).member_id; }

  // A group with one member, its leader, and its assignment.
  std::string make_stable() {
    std::string id = new_id();
    join(request(id));
    sync(id, {{id, Buffer{7}}});
    EXPECT_EQ(group.state(), State::kStable);
    return id;
  }

  // A second one; the leader, which hears of it through a heartbeat, joins again.
  std::string add_to_stable(const std::string& leader) {
    std::string id = new_id();
    join(request(id));
    EXPECT_EQ(heartbeat(leader), ErrorCode::kRebalanceInProgress);
    join(request(leader));
    sync(id);
    sync(leader, {{leader, Buffer{1}}, {id, Buffer{2}}});
    EXPECT_EQ(group.state(), State::kStable);
    return id;
  }

  GroupTicket join_static(const std::string& instance_id, std::int16_t version = 9) {
    Group::Join join_request = request();
    join_request.version = version;
    join_request.instance_id = instance_id;
    return join(join_request);
  }

  bool waits(GroupTicket ticket) { return !joins_.contains(ticket) && !syncs_.contains(ticket); }

  const Group::JoinAnswer& joined(GroupTicket ticket) {
    EXPECT_TRUE(joins_.contains(ticket)) << "there is no answer to that JoinGroup yet";
    return joins_[ticket];
  }

  const Group::SyncAnswer& synced(GroupTicket ticket) {
    EXPECT_TRUE(syncs_.contains(ticket)) << "there is no answer to that SyncGroup yet";
    return syncs_[ticket];
  }

  Random random{1};
  TimePoint now{std::chrono::hours(1)};
  Group group{Duration::zero(), random};

 private:
  void collect() {
    Group::Answers answers = group.take_answers();
    for (auto& [ticket, answer] : answers.joins) {
      EXPECT_TRUE(joins_.emplace(ticket, std::move(answer)).second) << "answered twice";
    }
    for (auto& [ticket, answer] : answers.syncs) {
      EXPECT_TRUE(syncs_.emplace(ticket, std::move(answer)).second) << "answered twice";
    }
  }

  GroupTicket last_ticket_ = 0;
  std::map<GroupTicket, Group::JoinAnswer> joins_;
  std::map<GroupTicket, Group::SyncAnswer> syncs_;
};

}  // namespace kmirror::broker
