// Watches over a shard's destination partitions that take nothing, and their lanes: these give back
// what was not sent, what stays leaves the slabs that it shares with other lanes' data, and nothing
// is fetched for them until the destination takes records again.
#pragma once

#include <vector>

#include "mirror/shard.h"
#include "net/wakeup.h"

namespace kmirror::mirror {

class BlockedLoop {
 public:
  explicit BlockedLoop(Shard& shard) : shard_(shard), wakeup_(shard.runtime()) {}

  net::Awaitable<void> run();
  void wake() { wakeup_.notify(); }

  // The partition has something to take. It is looked at until it has taken all.
  void watch(Target& target);

  // Lanes go on as soon as one of their batches is acknowledged.
  void on_acknowledged(Target& target);

 private:
  bool is_blocked(const Target& target) const;
  void mark(Target& target);
  void report_leaderless();
  void give_back();
  void ask_for_lags();
  net::Awaitable<void> update_lags(std::vector<net::TopicPartition> lanes);

  Shard& shard_;
  net::Wakeup wakeup_;
  std::vector<Target*> watched_;
  std::size_t blocked_ = 0;  // of them
  bool leaderless_reported_ = false;
  TimePoint ask_at_ = TimePoint::min();  // for high watermarks; kNever while asking
};

}  // namespace kmirror::mirror
