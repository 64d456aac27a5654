// Produces to one destination broker for one shard: gathers one batch from every window that the
// broker leads and that may send, in one request, and keeps a few requests under way on one
// connection. A partition's batches all go over this connection while the broker leads it, so they
// arrive in order.
#pragma once

#include <vector>

#include "mirror/shard.h"
#include "net/wakeup.h"
#include "protocol/messages/produce.h"

namespace kmirror::mirror {

class ProduceLoop {
 public:
  ProduceLoop(Shard& shard, std::int32_t broker);

  net::Awaitable<void> run();
  void wake() { wakeup_.notify(); }

 private:
  struct Part {
    Target* target;
    OutgoingBatch* batch;
  };

  bool leads(const Target& target) const;
  bool anything_ready() const;
  TimePoint next_try() const;
  std::vector<Part> take_parts();
  protocol::ProduceRequest make_request(const std::vector<Part>& parts) const;

  net::Awaitable<bool> connect();
  net::Awaitable<void> send(net::Cluster::ConnectionPtr connection, std::vector<Part> parts);
  void on_response(std::vector<Part>& parts, const protocol::ProduceResponse& response);
  void on_answer(Part& part, const protocol::ProduceResponse::Partition& answer);
  void note_outage(const net::Failure& failure);
  void note_acceptance(Target& target);
  std::string refusal(const Part& part, const protocol::ProduceResponse::Partition& answer) const;

  Shard& shard_;
  std::int32_t broker_;
  Random random_;
  net::Wakeup wakeup_;
  net::BackOff back_off_;
  net::TaskGroup sends_;
  net::Cluster::ConnectionPtr connection_;
  int in_flight_ = 0;
  net::TopicPartition last_sent_;  // whose turn was the last
};

}  // namespace kmirror::mirror
