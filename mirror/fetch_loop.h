// Fetches from one source broker for one shard: asks for every lane that the broker leads and that
// has room, and hands each its records. One request is under way at a time, on a connection of its
// own, because a broker answers the requests of a connection one after the other and a fetch may
// wait long (Kafka's SocketServer mutes the channel meanwhile).
#pragma once

#include <vector>

#include "mirror/shard.h"
#include "net/wakeup.h"
#include "protocol/messages/fetch.h"

namespace kmirror::mirror {

class FetchLoop {
 public:
  FetchLoop(Shard& shard, std::int32_t broker);

  net::Awaitable<void> run();
  void wake() { wakeup_.notify(); }

 private:
  using Response = net::Reply<protocol::FetchResponse>;

  // The lanes of one request, in its order: topic by topic.
  struct Plan {
    std::vector<Slot*> slots;
    std::size_t bytes = 0;  // asked for, and taken from the budget meanwhile
    bool topic_ids = true;  // every topic has one
  };

  std::vector<Slot*> due_slots();
  Plan make_plan();
  protocol::FetchRequest make_request(const Plan& plan, Duration max_wait) const;
  bool waits_for_room() const;
  TimePoint next_retry() const;

  net::Awaitable<net::Result<void>> connect();
  net::Awaitable<net::Result<void>> fetch(Plan plan);
  net::Awaitable<void> pause_after(net::Failure failure);
  // Whether it brought records, as on_partition.
  bool on_response(const Plan& plan, Response& response);
  bool on_partition(Slot& slot, net::SlabRef& frame, protocol::FetchResponse::Partition& partition);
  void on_error(Slot& slot, protocol::ErrorCode code);
  net::Awaitable<void> find_range(Slot* slot);

  Shard& shard_;
  std::int32_t broker_;
  Random random_;
  net::Wakeup wakeup_;
  net::BackOff back_off_;
  net::Cluster::ConnectionPtr connection_;
  std::size_t rotation_ = 0;
  Duration short_wait_;  // while lanes wait for room
};

}  // namespace kmirror::mirror
