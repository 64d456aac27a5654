#include "mirror/blocked_loop.h"

#include <fmt/core.h>

#include <algorithm>

#include "mirror/core/give_back.h"
#include "mirror/fetch_loop.h"
#include "net/admin.h"

namespace kmirror::mirror {

namespace {

constexpr std::chrono::seconds kPause{1};
constexpr std::chrono::seconds kLagPause{10};

}  // namespace

net::Awaitable<void> BlockedLoop::run() {
  while (!shard_.closing()) {
    const bool were_blocked = blocked_ > 0;
    for (Target* target : watched_) mark(*target);
    std::erase_if(watched_, [](Target* target) {
      target->watched = target->blocked || !target->window.idle();
      return !target->watched;
    });
    report_leaderless();
    if (blocked_ > 0) {
      give_back();
      ask_for_lags();
    } else if (were_blocked) {
      shard_.on_room();  // Nobody else wakes them: a leader came, and nothing was acknowledged yet.
    }
    co_await wakeup_.wait(shard_.runtime().now() + kPause);
  }
}

void BlockedLoop::watch(Target& target) {
  if (!std::exchange(target.watched, true)) watched_.push_back(&target);
}

void BlockedLoop::on_acknowledged(Target& target) {
  if (target.blocked) mark(target);
}

// A window whose turn comes late, because the network is slow, is not blocked: what it gave back
// would only come a second time over that network.
bool BlockedLoop::is_blocked(const Target& target) const {
  const TimePoint now = shard_.runtime().now();
  if (!target.window.blocked(now)) return false;
  if (shard_.runtime().buggify("window taken for blocked")) return true;
  if (target.window.failing() || target.window.hangs(now)) return true;
  return target.leader < 0 || shard_.destination().is_away(target.leader);
}

void BlockedLoop::mark(Target& target) {
  const bool blocked = is_blocked(target);
  if (blocked == target.blocked) return;
  target.blocked = blocked;
  blocked_ = blocked ? blocked_ + 1 : blocked_ - 1;
  for (Slot* slot : target.slots) {
    slot->blocked_targets += blocked ? 1 : -1;
    slot->lane.set_blocked(slot->blocked_targets > 0);
    shard_.touch(*slot);
  }
}

// Other reasons are told where they are seen: a broker that is away, or refuses. Here nobody is
// asked who could.
void BlockedLoop::report_leaderless() {
  const Target* first = nullptr;
  std::size_t count = 0;
  for (const Target* target : watched_) {
    if (!target->leaderless_since || !target->blocked) continue;
    if (count++ == 0) first = target;
  }
  if (leaderless_reported_ == (first != nullptr)) return;
  leaderless_reported_ = first != nullptr;
  if (first == nullptr) {
    shard_.runtime().log(net::LogLevel::kInfo, "all destination partitions have leaders again");
    return;
  }
  const std::string others = count > 1 ? fmt::format(" and {} others have", count - 1) : " has";
  shard_.runtime().log(
      net::LogLevel::kWarning,
      fmt::format("destination topic {} partition {}{} no leader; what they should take waits",
                  first->where.topic, first->where.partition, others));
}

// Each time again: a Fetch or a request to produce that was under way may have ended meanwhile.
void BlockedLoop::give_back() {
  for (const auto& slot : shard_.slots()) {
    // Where nothing more is fetched, what was given back would never come.
    const bool fetches_again = shard_.fetching() && !slot->lane.stopped();
    if (!slot->lane.blocked() || !fetches_again || slot->finding_range) continue;
    if (slot->reader != nullptr && slot->reader->awaits(*slot)) continue;
    std::vector<ProduceWindow*> windows;
    for (Target* target : slot->targets) windows.push_back(&target->window);
    mirror::give_back(slot->lane, windows);
  }
  for (Target* target : watched_) {
    if (target->blocked) target->window.detach(shard_.budget());
  }
  shard_.on_room();
}

// No Fetch says any more how far the source has come.
void BlockedLoop::ask_for_lags() {
  if (shard_.runtime().now() < ask_at_) return;
  std::vector<net::TopicPartition> lanes;
  for (const auto& slot : shard_.slots()) {
    if (slot->lane.blocked() && !slot->lane.stopped()) lanes.push_back(slot->where());
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
    const auto number = shard_.index().find(where.topic, where.partition);
    if (!number || !shard_.slots()[*number]->lane.blocked()) continue;
    shard_.slots()[*number]->lane.set_high_watermark(latest.offset);
  }
}

}  // namespace kmirror::mirror
