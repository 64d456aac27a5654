// Reads one lane ahead, over a long link: several requests at a time, each on a connection of its
// own, because a broker answers those of a connection one after the other. It does so as long as
// all goes well. Whatever else comes, it ends and drops what it has, and the lane's fetch loop goes
// on from where the lane stands, and sees for itself.
//
// Shared between the lane's slot and the task that runs it; used on the shard's executor.
#pragma once

#include <memory>
#include <vector>

#include "mirror/core/read_ahead.h"
#include "mirror/fetch_request.h"
#include "mirror/shard.h"
#include "net/task_group.h"
#include "net/wakeup.h"

namespace kmirror::mirror {

class ReadAheadLoop {
 public:
  // Ends when answers take less than `far`.
  ReadAheadLoop(Shard& shard, Slot& slot, ReadAhead core, Duration far);

  // Returns when the lane is to be read otherwise.
  net::Awaitable<void> run();

  // Awaits what was under way, which is dropped.
  net::Awaitable<void> close();

  // Something changed about the lane, or memory was given back.
  void wake() { wakeup_.notify(); }

 private:
  using Response = net::Reply<protocol::FetchResponse>;

  bool goes_on() const;
  void give_to_lane();
  void begin_requests();
  net::Awaitable<void> fetch(ReadAhead::Request wanted);
  net::Awaitable<bool> fetch_once(ReadAhead::Request wanted);
  net::Awaitable<net::Cluster::ConnectionPtr> connection();
  bool on_response(const ReadAhead::Request& wanted, Response response, Duration took);

  Shard& shard_;
  Slot& slot_;
  std::int32_t broker_;
  ReadAhead core_;
  Duration far_;
  net::Wakeup wakeup_;
  net::TaskGroup tasks_;
  std::vector<net::Cluster::ConnectionPtr> connections_;
  std::vector<net::Cluster::ConnectionPtr> idle_;  // of them
  bool over_ = false;
};

}  // namespace kmirror::mirror
