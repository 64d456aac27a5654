// What a shard keeps of a lane, and of a destination partition, beside the cores: what its loops
// note about it. Owned by the shard, used on its executor.
#pragma once

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

// A destination partition, wherever its leader is.
struct Target {
  Target(net::TopicPartition partition, ProduceWindow::Settings settings, ProducerIdentity producer)
      : where(std::move(partition)), window(settings, producer) {}

  net::TopicPartition where;
  ProduceWindow window;
  Refusal refusal;
  std::optional<TimePoint> missing_since;
  std::optional<TimePoint> leaderless_since;
  bool blocked = false;  // its lanes give back what it cannot have yet
};

struct Slot {
  Lane lane;
  protocol::Uuid topic_id;
  std::string metadata;
  std::vector<Target*> targets;  // by destination partition; one for an identity lane
  bool fetching = false;         // a Fetch for it is under way
  TimePoint retry_at = TimePoint::min();
  Refusal refusal;
  net::BackOff back_off;
  bool stop_reported = false;
  std::optional<TimePoint> missing_since;  // the topic is not among the source's any more
  std::optional<Position> committed;
  TimePoint committed_at = TimePoint::min();
};

}  // namespace kmirror::mirror
