// A group of the classic protocol as its coordinator sees it: members join, the leader deals out
// the work with its SyncGroup, everybody sends heartbeats; what changes the membership begins this
// anew with the next generation. Sources: Kafka's GroupCoordinator (until 3.9) and its successor's
// ClassicGroup, GroupMetadataManager (from 4.0 on), which answer the same.
//
// Answers to JoinGroup and SyncGroup may come much later; each has a ticket and is to be fetched
// with take_answers() after every event. Where Kafka never answers (a second SyncGroup of a member
// takes the place of the first, a member that waits for SyncGroup leaves) the ticket gets an error.
// A group that was deleted, Kafka's state Dead, is an object that is no more.
//
// Owned by Groups; no thread rules of its own. Time is an argument.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "broker/core/group_members.h"
#include "protocol/error_code.h"

namespace kmirror::broker {

class Group {
 public:
  using ErrorCode = protocol::ErrorCode;

  enum class State : std::uint8_t { kEmpty, kPreparingRebalance, kCompletingRebalance, kStable };

  // Who says so, in SyncGroup, Heartbeat, OffsetCommit and TxnOffsetCommit.
  struct Caller {
    std::string_view member_id;
    std::optional<std::string_view> instance_id;
    std::int32_t generation = -1;
  };

  struct Join {
    std::int16_t version = 0;
    std::string member_id;
    std::optional<std::string> instance_id;
    std::string client_id;
    std::string client_host;
    Duration session_timeout{};
    Duration rebalance_timeout{};
    std::string protocol_type;
    std::vector<GroupProtocol> protocols;
  };

  struct JoinAnswer {
    struct Member {
      std::string id;
      std::optional<std::string> instance_id;
      Buffer metadata;
    };
    ErrorCode error = ErrorCode::kNone;
    std::string member_id;
    std::int32_t generation = -1;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol_name;
    std::string leader;
    bool skip_assignment = false;
    std::vector<Member> members;  // for the leader
  };

  struct Sync {
    Caller caller;
    // What the group has to agree with, if given (KIP-559).
    std::optional<std::string_view> protocol_type;
    std::optional<std::string_view> protocol_name;
    std::map<std::string, Buffer, std::less<>> assignments;  // by member; the leader's count
  };

  struct SyncAnswer {
    ErrorCode error = ErrorCode::kNone;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol_name;
    Buffer assignment;
  };

  struct Answers {
    std::vector<std::pair<GroupTicket, JoinAnswer>> joins;
    std::vector<std::pair<GroupTicket, SyncAnswer>> syncs;
  };

  // A group without members waits so long for more when the first one joins. Member ids come from
  // `random`, which outlives the group.
  Group(Duration initial_rebalance_delay, Random& random)
      : initial_rebalance_delay_(initial_rebalance_delay), random_(random) {}

  // The session timeout is checked by the caller.
  void on_join(GroupTicket ticket, const Join& join, TimePoint now);
  void on_sync(GroupTicket ticket, const Sync& sync, TimePoint now);
  ErrorCode on_heartbeat(const Caller& caller, TimePoint now);
  // Without a member id the static member of that name is removed, by an administrator.
  ErrorCode on_leave(std::string_view member_id, std::optional<std::string_view> instance_id,
                     TimePoint now);
  // Whether offsets may be committed. Nobody in particular may while there are no members; in
  // transactions always, because their older clients do not tell who they are.
  ErrorCode on_commit(const Caller& caller, bool in_transaction, TimePoint now);
  // The session of this member or of one who has only got an id runs out.
  void expire(std::string_view member_id, TimePoint now);
  // Another broker coordinates the group from now on. Who waits is told, and has to come again; who
  // never was part of a generation is forgotten; sessions and deadlines begin anew.
  void on_move(TimePoint now);

  // To be called at next_deadline(), kNever if nothing is to come.
  void on_time(TimePoint now);
  TimePoint next_deadline() const;

  Answers take_answers() { return std::exchange(answers_, {}); }

  State state() const { return state_; }
  std::int32_t generation() const { return generation_; }
  // Empty until there was a member.
  const std::string& protocol_type() const { return protocol_type_; }
  const std::optional<std::string>& protocol_name() const { return protocol_name_; }
  const GroupMembers& members() const { return members_; }
  bool is_of_consumers() const;
  // Whether offsets of this topic are still needed: to be safe yes, where consumers are and it is
  // not known what they read.
  bool is_subscribed_to(std::string_view topic) const;

 private:
  // Joining, in group_join.cc.
  void join_new(GroupTicket ticket, const Join& join, TimePoint now);
  void join_known(GroupTicket ticket, const Join& join, TimePoint now);
  void join_again(GroupMember& member, GroupTicket ticket, const Join& join, TimePoint now);
  void add(std::string id, GroupTicket ticket, const Join& join, TimePoint now);
  void update(GroupMember& member, GroupTicket ticket, const Join& join);
  void replace(GroupMember& old, std::string id, GroupTicket ticket, const Join& join,
               TimePoint now);
  std::string make_member_id(const Join& join);
  bool accepts(const Join& join) const;
  JoinAnswer describe_generation_to(const GroupMember& member) const;

  ErrorCode check_member(std::string_view member_id, std::optional<std::string_view> instance_id);
  ErrorCode check_sync(const Sync& sync);
  void assign(const Sync& sync, TimePoint now);
  void remove(std::string_view member_id, TimePoint now);
  void keep_alive(GroupMember& member, TimePoint now);
  void prepare_rebalance(TimePoint now);
  // Ends the time of joining if nobody is missing any more.
  void complete_join_if_ready(TimePoint now);
  void on_join_deadline(TimePoint now);
  void complete_join(TimePoint now);
  void begin_generation(TimePoint now);
  void on_sync_deadline(TimePoint now);
  void refuse_join(GroupTicket ticket, ErrorCode error, std::string_view member_id);
  void refuse_sync(GroupTicket ticket, ErrorCode error);

  Duration initial_rebalance_delay_;
  Random& random_;
  State state_ = State::kEmpty;
  std::int32_t generation_ = 0;
  std::string protocol_type_;
  std::optional<std::string> protocol_name_;
  std::optional<std::set<std::string, std::less<>>> subscribed_;  // none: not known
  GroupMembers members_;
  // Ids that were given out with MEMBER_ID_REQUIRED, and until when they may be used (KIP-394).
  std::map<std::string, TimePoint, std::less<>> pending_;

  // While the group prepares a rebalance: until when members may join.
  TimePoint join_deadline_ = kNever;
  // The first rebalance of an empty group waits for it in any case, and longer while members come
  // (KIP-134).
  bool is_initial_ = false;
  bool member_came_ = false;
  Duration remaining_delay_{};
  // Who got the answer to its JoinGroup has to send SyncGroup by then.
  TimePoint sync_deadline_ = kNever;

  Answers answers_;
};

// As Kafka calls it.
std::string_view to_string(Group::State state);

}  // namespace kmirror::broker
