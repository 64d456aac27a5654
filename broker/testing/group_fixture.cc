#include "broker/testing/group_fixture.h"

namespace kmirror::broker {

std::vector<GroupProtocol> GroupFixture::protocols(std::vector<std::string> names) {
  std::vector<GroupProtocol> all;
  for (std::string& name : names) all.push_back({std::move(name), Buffer{1}});
  return all;
}

Group::Join GroupFixture::request(std::string member_id) {
  return {.version = 9,
          .member_id = std::move(member_id),
          .client_id = "client",
          .client_host = "/127.0.0.1",
          .session_timeout = kSession,
          .rebalance_timeout = kRebalance,
          .protocol_type = "consumer",
          .protocols = protocols({"range"})};
}

GroupTicket GroupFixture::join(const Group::Join& join) {
  group.on_join(++last_ticket_, join, now);
  collect();
  return last_ticket_;
}

GroupTicket GroupFixture::sync(const std::string& member_id,
                               std::map<std::string, Buffer, std::less<>> work,
                               std::optional<std::string_view> instance_id) {
  Group::Sync sync{.caller = {member_id, instance_id, group.generation()},
                   .assignments = std::move(work)};
  group.on_sync(++last_ticket_, sync, now);
  collect();
  return last_ticket_;
}

protocol::ErrorCode GroupFixture::heartbeat(const std::string& member_id) {
  return group.on_heartbeat({member_id, std::nullopt, group.generation()}, now);
}

protocol::ErrorCode GroupFixture::leave(const std::string& member_id) {
  const ErrorCode error = group.on_leave(member_id, std::nullopt, now);
  collect();
  return error;
}

void GroupFixture::move() {
  group.on_move(now);
  collect();
}

void GroupFixture::pass(Duration time) {
  const TimePoint end = now + time;
  while (group.next_deadline() <= end) {
    now = std::max(now, group.next_deadline());
    group.on_time(now);
    collect();
  }
  now = end;
}

std::string GroupFixture::new_id() {
  return joined(join(request())).member_id;
}

std::string GroupFixture::make_stable() {
  std::string id = new_id();
  join(request(id));
  sync(id, {{id, Buffer{7}}});
  EXPECT_EQ(group.state(), State::kStable);
  return id;
}

std::string GroupFixture::add_to_stable(const std::string& leader) {
  std::string id = new_id();
  join(request(id));
  EXPECT_EQ(heartbeat(leader), ErrorCode::kRebalanceInProgress);
  join(request(leader));
  sync(id);
  sync(leader, {{leader, Buffer{1}}, {id, Buffer{2}}});
  EXPECT_EQ(group.state(), State::kStable);
  return id;
}

GroupTicket GroupFixture::join_static(const std::string& instance_id, std::int16_t version) {
  Group::Join join_request = request();
  join_request.version = version;
  join_request.instance_id = instance_id;
  return join(join_request);
}

bool GroupFixture::waits(GroupTicket ticket) {
  return !joins_.contains(ticket) && !syncs_.contains(ticket);
}

const Group::JoinAnswer& GroupFixture::joined(GroupTicket ticket) {
  EXPECT_TRUE(joins_.contains(ticket)) << "there is no answer to that JoinGroup yet";
  return joins_[ticket];
}

const Group::SyncAnswer& GroupFixture::synced(GroupTicket ticket) {
  EXPECT_TRUE(syncs_.contains(ticket)) << "there is no answer to that SyncGroup yet";
  return syncs_[ticket];
}

void GroupFixture::collect() {
  Group::Answers answers = group.take_answers();
  for (auto& [ticket, answer] : answers.joins) {
    EXPECT_TRUE(joins_.emplace(ticket, std::move(answer)).second) << "answered twice";
  }
  for (auto& [ticket, answer] : answers.syncs) {
    EXPECT_TRUE(syncs_.emplace(ticket, std::move(answer)).second) << "answered twice";
  }
}

}  // namespace kmirror::broker
