#include "mirror/core/pipe_depth.h"

#include <algorithm>
#include <utility>

namespace kmirror::mirror {

namespace {

// One answer that is late says little. A second holds several round trips of any line.
constexpr std::chrono::seconds kPeriod{1};

double in_seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

void PipeDepth::on_answered(const Sent& sent, TimePoint now) {
  answered_bytes_ += sent.bytes;
  const Duration took = std::max(now - sent.at, Duration(1));
  shortest_ = std::min(shortest_, took);
  if (began_at_ == kNever) began_at_ = now;
  // Any answer may be late, so once is not enough. But it costs two round trips.
  if (sent.measures) {
    measuring_ = false;
    measure_after_ = 10 * (now - began_at_);
  }
  if (now - began_at_ >= measure_after_) measuring_ = true;
  if (now >= period_ends_) {
    rate_before_ = std::exchange(rate_, 0);
    period_ends_ = now + kPeriod;
  }
  const auto passed = static_cast<double>(answered_bytes_ - sent.answered_before);
  rate_ = std::max(rate_, passed / in_seconds(took));
}

std::size_t PipeDepth::bytes() const {
  if (shortest_ == Duration::max()) return 0;
  const double holds = std::max(rate_, rate_before_) * in_seconds(shortest_);
  return static_cast<std::size_t>(holds * 1.5);
}

}  // namespace kmirror::mirror
