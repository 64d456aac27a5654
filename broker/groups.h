// The groups of a cluster and their offsets. They are there once, whichever node coordinates them:
// what Kafka's coordinators keep in __consumer_offsets is state of the cluster here. A group whose
// coordinator changes tells those who wait, and goes on at the next one (Group::on_move).
//
// Left out: limits on the number of members, offsets and groups; expiry of offsets and of groups.
//
// Owned by the Cluster; used on its executor.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/time.h"
#include "broker/call.h"
#include "broker/core/group.h"
#include "broker/core/group_offsets.h"
#include "protocol/error_code.h"

namespace kmirror::broker {

class Groups {
 public:
  struct Entry {
    Group group;
    GroupOffsets offsets;
    std::int32_t coordinator = -1;
  };

  explicit Groups(Cluster& cluster);

  // By group id.
  const std::map<std::string, Entry, std::less<>>& all() const { return groups_; }
  Entry* find(std::string_view group_id);
  Entry& find_or_create(std::string_view group_id);
  // Of a group without members.
  void remove(std::string_view group_id);

  // None where the node has stopped before there was an answer. Ends with the call at the latest.
  net::Awaitable<std::optional<Group::JoinAnswer>> join(CallContext& call, std::string group_id,
                                                        Group::Join join);
  net::Awaitable<std::optional<Group::SyncAnswer>> sync(CallContext& call, std::string group_id,
                                                        Group::Sync sync);

  // To be called after any other event of a group: whoever waits is answered.
  void settle(Entry& entry);

  // What the producer's transaction committed counts, or is dropped.
  void end_transaction(std::int64_t producer_id, bool commit);

  // The offsets of its partitions go with it.
  void on_topic_deleted(std::string_view topic);
  // A node has stopped or started.
  void on_nodes_changed();

  // Control of faults: a member's session runs out.
  void expire_session(std::string_view group_id, std::string_view member_id);

  void on_time(TimePoint now);
  TimePoint next_deadline() const;

 private:
  struct Waiter;

  Cluster& cluster_;
  Random member_ids_;
  std::map<std::string, Entry, std::less<>> groups_;
  std::map<GroupTicket, Waiter*> waiting_;
  GroupTicket last_ticket_ = 0;
};

}  // namespace kmirror::broker
