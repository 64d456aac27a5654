#include "mirror/blocked_loop.h"

#include <algorithm>

#include "mirror/core/give_back.h"
#include "net/admin.h"

namespace kmirror::mirror {

namespace {

constexpr std::chrono::seconds kPause{1};
constexpr std::chrono::seconds kLagPause{10};

}  // namespace

net::Awaitable<void> BlockedLoop::run() {
  while (!shard_.closing()) {
    mark_lanes();
    if (any_blocked_) {
      give_back();
      ask_for_lags();
    }
    co_await wakeup_.wait(shard_.runtime().now() + kPause);
  }
}

void BlockedLoop::on_acknowledged() {
  if (any_blocked_) mark_lanes();
}

void BlockedLoop::mark_lanes() {
  const TimePoint now = shard_.runtime().now();
  any_blocked_ = false;
  for (auto& [where, slot] : shard_.slots()) {
    const bool blocked =
        std::any_of(slot->targets.begin(), slot->targets.end(),
                    [now](const Shard::Target* target) { return target->window.blocked(now); });
    slot->lane.set_blocked(blocked);
    any_blocked_ |= blocked;
  }
}

// Each time again: a Fetch or a request to produce that was under way may have ended meanwhile.
void BlockedLoop::give_back() {
  for (auto& [where, slot] : shard_.slots()) {
    // Where nothing more is fetched, what was given back would never come.
    const bool fetches_again = shard_.fetching() && !slot->lane.stopped();
    if (!slot->lane.blocked() || slot->fetching || !fetches_again) continue;
    std::vector<ProduceWindow*> windows;
    for (Shard::Target* target : slot->targets) windows.push_back(&target->window);
    mirror::give_back(slot->lane, windows);
  }
  const TimePoint now = shard_.runtime().now();
  for (auto& [where, target] : shard_.targets()) {
    if (target->window.blocked(now)) target->window.detach(shard_.budget());
  }
  shard_.on_room();
}

// No Fetch says any more how far the source has come.
void BlockedLoop::ask_for_lags() {
  if (shard_.runtime().now() < ask_at_) return;
  std::vector<net::TopicPartition> lanes;
  for (const auto& [where, slot] : shard_.slots()) {
    if (slot->lane.blocked() && !slot->lane.stopped()) lanes.push_back(where);
  }
  if (lanes.empty()) return;
  ask_at_ = kNever;
  shard_.spawn(update_lags(std::move(lanes)));
}

// A lane that flows again meanwhile knows better, and a failure passes or shows elsewhere.
net::Awaitable<void> BlockedLoop::update_lags(std::vector<net::TopicPartition> lanes) {
  const bool read_committed = shard_.config().source.read_committed;
  const auto listed = co_await net::list_offsets(shard_.source(), std::move(lanes),
                                                 net::OffsetSpec::kLatest, read_committed);
  ask_at_ = shard_.runtime().now() + kLagPause;
  if (!listed) co_return;
  for (const auto& [where, latest] : listed.value()) {
    const auto slot = shard_.slots().find(where);
    if (slot == shard_.slots().end() || !slot->second->lane.blocked()) continue;
    slot->second->lane.set_high_watermark(latest.offset);
  }
}

}  // namespace kmirror::mirror
