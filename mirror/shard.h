// One core's share of a mirror: its lanes, its connections to both clusters, its producer id.
// Shards share nothing; the Mirror gives each its lanes and asks for reports, on the shard's
// executor.
//
// Data flows fetch loop -> lane -> produce window -> produce loop -> acknowledgement -> checkpoint.
// There is one fetch loop for each source broker that leads a lane and one produce loop for each
// destination broker that leads a window.
// Two loops more commit positions, and look after lanes of which the destination takes nothing.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include "mirror/config/mirror_config.h"
#include "mirror/core/budget.h"
#include "mirror/core/counters.h"
#include "mirror/core/lane.h"
#include "mirror/core/lane_index.h"
#include "mirror/producer_terms.h"
#include "mirror/slot.h"
#include "net/cluster.h"
#include "net/group_offsets.h"
#include "net/topic_partition.h"

namespace kmirror::mirror {

class BlockedLoop;
class CommitLoop;
class FetchLoop;
class ProduceLoop;

// What the Mirror decided about a lane.
struct LanePlan {
  Lane::Settings lane;
  protocol::Uuid topic_id;  // at the source; zero where brokers have none
  Position start;
  std::optional<std::int64_t> end;  // with --until-end
  std::string metadata;             // committed with each position: mode and topic id
};

struct ShardReport {
  Counters counters;
  std::size_t lanes = 0;
  std::size_t ended_lanes = 0;  // that reached their end, or were stopped
  std::int64_t lag = 0;
  std::vector<std::string> stop_reasons;  // a line for each stopped lane
};

class Shard {
 public:
  Shard(net::Runtime& runtime, const MirrorConfig& config, int index, std::size_t budget_bytes);
  ~Shard();

  // Reaches both clusters and gets a producer id.
  net::Awaitable<net::Result<void>> start(TimePoint deadline);

  // Ends a start that is not wanted any more: it fails soon. close() is still to be awaited.
  void interrupt();

  // Lanes begin to run; their positions are committed at once, so that their mode is recorded.
  net::Awaitable<net::Result<void>> add_lanes(std::vector<LanePlan> plans);

  // No more fetches; answers of those under way are dropped. What was taken goes on to the
  // destination.
  void stop_fetching();

  // Waits until everything taken is acknowledged, also of lanes that stopped, or until the
  // deadline; true when it is.
  net::Awaitable<bool> drain(TimePoint deadline);

  // Commits the positions that moved, and with `all` the others too.
  net::Awaitable<net::Result<void>> commit(bool all);

  // Ends all loops and connections. The shard is done after it.
  net::Awaitable<void> close();

  ShardReport report() const;

  net::Runtime& runtime() { return runtime_; }
  net::Cluster& source() { return source_; }
  net::Cluster& destination() { return destination_; }
  net::GroupOffsets& offsets() { return offsets_; }

  // For the loops.
  const MirrorConfig& config() const { return config_; }
  std::vector<std::unique_ptr<Slot>>& slots() { return slots_; }  // by the lanes' numbers
  const LaneIndex& index() const { return index_; }
  std::map<net::TopicPartition, std::unique_ptr<Target>>& targets() { return targets_; }
  Budget& budget() { return budget_; }
  std::size_t fetch_loops() const { return fetch_loops_.size(); }
  bool fetching() const { return fetching_; }
  bool closing() const { return closing_; }

  // What a lane may fetch, or from where, changed: its fetch loop looks at it.
  void touch(Slot& slot);
  // Moves what a lane can give to its windows, and wakes who is to send it.
  void pump(Slot& slot);
  // Notes what became done at a destination partition; on_room() is to follow.
  void take_acknowledged(Target& target);
  // Memory was given back: who waits for some goes on.
  void on_room();
  void stop_lane(Slot& slot, std::string reason);
  // Stops a lane of whose batches the destination refuses one for good.
  void refuse(Target& target, const Lane& lane, std::string reason);
  // A connection to a destination broker broke, or could not be made.
  void on_destination_outage(std::int32_t broker, const net::Failure& failure);
  // What a window may send changed: its produce loop looks at it.
  void look_at(Target& target);
  // Runs a task that ends by itself, at the latest when the connections are closed.
  void spawn(net::Awaitable<void> task) { tasks_.spawn(std::move(task)); }

 private:
  Slot& slot_of(const Lane& lane) { return *slots_[lane.settings().number]; }
  void add_lane(LanePlan plan);
  Target& target(const std::string& topic, std::int32_t partition);
  void note_since(std::optional<TimePoint>& since, bool is_so) const;
  bool is_gone(std::optional<TimePoint>& missing_since, bool missing) const;
  void stop_lanes_to(Target& target);
  void on_source_metadata();
  void follow_leader(Slot& slot);
  void follow_leader(Target& target);
  template <class Loop>
  Loop& loop_of(std::map<std::int32_t, std::unique_ptr<Loop>>& loops, std::int32_t broker);
  void on_destination_metadata();
  void pump_backlogs();
  void wake_fetch_loops();

  net::Runtime& runtime_;
  const MirrorConfig& config_;
  net::Cluster source_;
  net::Cluster destination_;
  net::GroupOffsets offsets_;
  Budget budget_;
  Counters counters_;
  ProducerTerms terms_;
  std::vector<std::unique_ptr<Slot>> slots_;
  LaneIndex index_;
  std::pmr::unsynchronized_pool_resource batch_memory_;  // of the windows
  std::map<net::TopicPartition, std::unique_ptr<Target>> targets_;
  std::map<std::int32_t, std::unique_ptr<FetchLoop>> fetch_loops_;
  std::map<std::int32_t, std::unique_ptr<ProduceLoop>> produce_loops_;
  std::unique_ptr<BlockedLoop> blocked_loop_;
  std::unique_ptr<CommitLoop> commit_loop_;
  net::TaskGroup tasks_;
  net::Wakeup drained_;
  std::deque<Slot*> backlogs_;  // lanes that wait for room to work on
  bool fetching_ = true;
  bool closing_ = false;
};

}  // namespace kmirror::mirror
