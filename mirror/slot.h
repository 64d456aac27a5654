// What a shard keeps of a lane, and of a destination partition, beside the cores: what its loops
// note about it. Owned by the shard, used on its executor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "mirror/core/lane.h"
#include "mirror/core/produce_window.h"
#include "mirror/core/refusal.h"
#include "net/core/back_off.h"
#include "net/topic_partition.h"
#include "protocol/wire/uuid.h"

namespace kmirror::mirror {

class FetchLoop;
class ProduceLoop;
class ReadAheadLoop;
class TailLoop;
struct Slot;

// A destination partition, wherever its leader is.
struct Target {
  Target(net::TopicPartition partition, ProduceWindow::Settings settings, ProducerIdentity producer,
         std::pmr::memory_resource* memory)
      : where(std::move(partition)), window(settings, producer, memory) {}

  net::TopicPartition where;
  ProduceWindow window;
  std::vector<Slot*> slots;  // that write to it

  // As the destination's metadata have it; the loop is of that broker, or none.
  std::int32_t leader = -1;
  ProduceLoop* leader_loop = nullptr;
  bool in_line = false;           // of that loop, to send a batch
  TimePoint try_at{};             // when that loop looks at it, if nothing happens before
  TailLoop* tail_loop = nullptr;  // that is to ask, or asks, what the window wants to know

  Refusal refusal;
  std::optional<TimePoint> missing_since;
  std::optional<TimePoint> leaderless_since;
  bool watched = false;  // by the loop that finds out whether it is
  bool blocked = false;  // its lanes give back what it cannot have yet
};

struct Slot {
  std::size_t number() const { return lane.settings().number; }
  net::TopicPartition where() const { return {lane.settings().topic, lane.settings().partition}; }

  Lane lane;
  protocol::Uuid topic_id;
  std::string metadata;
  std::vector<Target*> targets;            // by destination partition; one for an identity lane
  std::optional<TimePoint> missing_since;  // the topic is not among the source's any more
  std::optional<Position> committed;
  TimePoint committed_at = TimePoint::min();
  int blocked_targets = 0;
  bool stop_reported = false;
  bool backlogged = false;  // stands in the line of those that wait for room to work on

  // As the source's metadata have it; the loop is of that broker, or none.
  std::int32_t leader = -1;
  std::int32_t leader_epoch = -1;
  FetchLoop* leader_loop = nullptr;

  // For fetch loops: whose session has the lane, which is another for a moment after its leader
  // moved; and what that loop noted.
  FetchLoop* reader = nullptr;
  bool touched = false;        // to be looked at before the next request
  bool lacks_room = false;     // as counted by the reader
  bool finding_range = false;  // of the log, which its position is outside of
  TimePoint retry_at = TimePoint::min();
  TimePoint look_at{};                   // when the leader's loop does, if nothing happens before
  std::shared_ptr<ReadAheadLoop> ahead;  // reads the lane in its reader's place
  Refusal refusal;
  net::BackOff back_off;
};

}  // namespace kmirror::mirror
