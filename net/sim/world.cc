#include "net/sim/world.h"

#include "base/check.h"

namespace kmirror::net::sim {

namespace {

// More than any scenario does in one moment; a loop that never waits would go on for ever.
constexpr std::uint64_t kStepsAtOnceMax = 5'000'000;

}  // namespace

std::int64_t World::wall_clock_ms() const {
  return wall_clock_start_ms + now_.time_since_epoch() / std::chrono::milliseconds(1);
}

void World::schedule(Event& event, TimePoint when) {
  event.unlink();
  if (when == kNever) return;
  event.when_ = std::max(when, now_);
  event.tie_ = ties_.next();
  event.age_ = age_++;
  events_.insert(event);
}

bool World::step() {
  if (events_.empty()) return false;
  Event& event = *events_.begin();
  events_.erase(events_.begin());
  steps_at_once_ = event.when_ == now_ ? steps_at_once_ + 1 : 0;
  KM_CHECK(steps_at_once_ < kStepsAtOnceMax, "time goes on");
  now_ = event.when_;
  ++steps_;
  note(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  note(std::uint64_t{event.owner_} << 8 | static_cast<std::uint64_t>(event.kind_));
  running_ = event.owner_;
  event.happen();
  running_ = ~0u;
  return true;
}

void World::run_until(TimePoint when) {
  while (next_time() <= when) step();
  now_ = std::max(now_, when);
}

void World::note(std::uint64_t value) {
  trace_ = (trace_ ^ value) * 0x9e3779b97f4a7c15u;
  trace_ ^= trace_ >> 32;
}

void World::note(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3u;
  note(hash);
}

void World::log(std::string_view process, LogLevel level, std::string_view line) {
  note(line);
  if (log_sink) log_sink(now_, process, level, line);
}

}  // namespace kmirror::net::sim
