// Fetches from one source broker for one shard: asks for every lane that the broker leads and that
// has room, and hands each its records. One request is under way at a time, on a connection of its
// own, because a broker answers the requests of a connection one after the other and a fetch may
// wait long (Kafka's SocketServer mutes the channel meanwhile). Over a long link a lane that is far
// behind is left to a ReadAheadLoop until it has caught up.
//
// Lanes are many and most of them rest, so nothing here goes through all of them: who changes a
// lane touches it, and before a request those that were touched are looked at.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "mirror/core/fetch_session.h"
#include "mirror/core/read_ahead.h"
#include "mirror/shard.h"
#include "net/wakeup.h"
#include "protocol/messages/fetch.h"

namespace kmirror::mirror {

class FetchLoop {
 public:
  FetchLoop(Shard& shard, std::int32_t broker);

  net::Awaitable<void> run();
  void wake();

  // Something changed about a lane that this broker leads; others call Shard::touch().
  void touch(Slot& slot);

  // The lane has another leader. It goes to that one's loop as soon as no answer is awaited here.
  void release(Slot& slot);

  // Whether the request that is under way brings records of the lane.
  bool awaits(const Slot& slot) const { return under_way_ && session_.reads(slot.number()); }

 private:
  using Response = net::Reply<protocol::FetchResponse>;

  void look_at_touched();
  void look_at(Slot& slot);
  void let_go(Slot& slot);
  void set_reading(Slot& slot, bool reading);
  std::size_t bytes_to_ask_for() const;
  std::size_t share() const;
  TimePoint next_retry() const;

  net::Awaitable<net::Result<void>> connect();
  net::Awaitable<net::Result<void>> fetch(std::size_t bytes);
  net::Awaitable<void> pause_after(net::Failure failure);
  void leave_one_out();
  // The lanes that it brought records for; whether it brought some.
  std::vector<Slot*> on_response(Response response);
  bool on_partition(Slot& slot, net::SlabRef& frame, protocol::FetchResponse::Partition& partition);
  void on_error(Slot& slot, protocol::ErrorCode code);
  void stop_all(const std::string& why);
  bool is_far() const;
  bool is_far_behind(const Slot& slot, const Reach& reach) const;
  void consider_reading_ahead(Slot& slot, ConstBytes records);
  net::Awaitable<void> read_ahead(std::shared_ptr<ReadAheadLoop> loop, Slot* slot);

  Shard& shard_;
  std::int32_t broker_;
  Random random_;
  net::Wakeup wakeup_;
  net::BackOff back_off_;
  net::Cluster::ConnectionPtr connection_;
  FetchSession session_;
  bool under_way_ = false;
  std::vector<Slot*> touched_;
  std::multimap<TimePoint, Slot*> retries_;  // when to look at them again
  std::size_t lacking_room_ = 0;             // lanes that have more to read
  std::size_t brought_ = 1;                  // lanes that the last answer had records of
  std::size_t without_topic_id_ = 0;         // lanes in the session
  Duration short_wait_;                      // while lanes wait for room
  Duration quickest_{};                      // of what the connection was asked, the answer
  int answers_ = 0;                          // on it
  std::vector<Slot*> read_ahead_;            // lanes that another loop reads for this one
};

}  // namespace kmirror::mirror
