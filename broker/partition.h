// A partition of a topic: its log, who replicates it, who leads it, and how far replication has
// come. The log exists once; what a replica holds of it is told by an offset, since all that
// replicas agree on is a beginning of the leader's log.
//
// Left out: a replica's tail that differs from the leader's. It is taken as truncated at once, as
// it would be when the replica follows again.
//
// Owned by a Topic; used on the cluster's executor. Times are arguments.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "base/time.h"
#include "broker/core/log.h"
#include "net/wakeup.h"

namespace kmirror::broker {

class Partition {
 public:
  Partition(std::vector<std::int32_t> replicas, ProducerRules rules);

  Log log;

  const std::vector<std::int32_t>& replicas() const { return replicas_; }
  const std::set<std::int32_t>& in_sync() const { return in_sync_; }
  std::int32_t leader() const { return leader_; }  // -1: none
  std::int32_t leader_epoch() const { return leader_epoch_; }
  std::int64_t high_watermark() const { return high_watermark_; }
  std::int64_t last_stable_offset() const { return log.last_stable_offset(high_watermark_); }

  // The topic was deleted; who waits gets an error.
  bool is_deleted = false;

  // Makes a replica the leader of a new epoch; -1 leaves it without one. What the new leader has
  // not replicated is lost: with a replica that was in sync nothing below the high watermark.
  void elect(std::int32_t node, TimePoint now);

  // Loses what lies at or behind `offset`, on all replicas, and begins a new epoch, as after an
  // unclean election: a control of faults.
  void truncate(std::int64_t offset);

  struct Leadership {
    std::int32_t leader = -1;
    std::int32_t epoch = 0;
  };
  // As a node knows it that hears of elections so much later, unless it led or leads.
  Leadership leadership(std::int32_t node, TimePoint now, Duration delay) const;

  // Adds a replica to the in-sync ones, or takes it away; the last one stays.
  void set_in_sync(std::int32_t node, bool in_sync);

  // A replica has the log up to this offset. A follower's fetch also brings it the high watermark,
  // as the leader knew it until then.
  void on_replicated(std::int32_t node, std::int64_t end_offset);

  // What a replica can serve.
  struct Extent {
    std::int64_t end_offset = 0;
    std::int64_t high_watermark = 0;  // as far as it has heard; never behind its end
  };
  Extent extent_at(std::int32_t node) const;

  // Tells all who wait for records, for the high watermark or for a new leader to look again.
  void notify();

  // Registers a wakeup for as long as it lives.
  class Waiter {
   public:
    Waiter(std::shared_ptr<Partition> partition, net::Wakeup& wakeup);
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

   private:
    std::shared_ptr<Partition> partition_;
    net::Wakeup& wakeup_;
  };

 private:
  void advance_high_watermark();
  void cut(std::int64_t offset);

  std::vector<std::int32_t> replicas_;
  std::set<std::int32_t> in_sync_;
  std::map<std::int32_t, Extent> followers_;
  std::int32_t leader_;
  std::int32_t leader_epoch_ = 0;
  Leadership previous_;
  TimePoint elected_at_{};
  std::int64_t high_watermark_ = 0;
  std::vector<net::Wakeup*> waiting_;
};

}  // namespace kmirror::broker
