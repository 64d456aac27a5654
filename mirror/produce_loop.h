// Produces to one destination broker for one shard: gathers one batch from every window that the
// broker leads and that may send, in one request, and keeps as many requests under way on one
// connection as its line holds. A partition's batches all go over this connection while the broker
// leads it, so they arrive in order.
//
// Windows that may send stand in a line. Who changes a window has the loop look at it.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "mirror/core/pipe_depth.h"
#include "mirror/shard.h"
#include "mirror/tail_loop.h"
#include "net/wakeup.h"
#include "protocol/messages/produce.h"

namespace kmirror::mirror {

class ProduceLoop {
 public:
  ProduceLoop(Shard& shard, std::int32_t broker);

  net::Awaitable<void> run();
  void wake() { wakeup_.notify(); }

  // The window of a partition that this broker leads changed; others call Shard::look_at().
  void look_at(Target& target);

  // How many bytes of a partition the line to the broker holds.
  std::size_t depth_bytes() const { return depth_.bytes() / sharing_; }

 private:
  struct Part {
    Target* target;
    OutgoingBatch* batch;
  };

  bool has_room();
  bool anything_ready();
  Target* next_in_line();
  TimePoint next_try() const;
  std::vector<Part> take_parts();
  protocol::ProduceRequest make_request(const std::vector<Part>& parts) const;

  net::Awaitable<bool> connect();
  void send_more();
  net::Awaitable<void> send(net::Cluster::ConnectionPtr connection, std::vector<Part> parts,
                            PipeDepth::Sent sent);
  static std::size_t size_of(const std::vector<Part>& parts);
  void on_response(std::vector<Part>& parts, const protocol::ProduceResponse& response);
  void on_answer(Part& part, const protocol::ProduceResponse::Partition& answer);
  void note_acceptance(Target& target);
  std::string refusal(const Part& part, const protocol::ProduceResponse::Partition& answer) const;

  Shard& shard_;
  std::int32_t broker_;
  Random random_;
  net::Wakeup wakeup_;
  net::BackOff back_off_;
  TailLoop tails_;
  net::TaskGroup sends_;
  net::Cluster::ConnectionPtr connection_;
  PipeDepth depth_;          // of the connection
  bool quick_ = false;       // the last answer was
  std::size_t sharing_ = 1;  // partitions in the request that was answered last
  int in_flight_ = 0;
  std::size_t in_flight_bytes_ = 0;
  std::deque<Target*> line_;                 // of those that may send, in their turn
  std::multimap<TimePoint, Target*> tries_;  // when to look at them again
};

}  // namespace kmirror::mirror
