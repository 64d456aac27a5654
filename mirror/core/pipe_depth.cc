#include "mirror/core/pipe_depth.h"

#include <algorithm>
#include <utility>

namespace kmirror::mirror {

namespace {

// One answer that is late says little. A second holds several round trips of any line.
constexpr std::chrono::seconds kPeriod{1};

}  // namespace

void PipeDepth::on_answered(const Sent& sent, TimePoint now) {
  answered_bytes_ += sent.bytes;
  const Duration took = std::max(now - sent.at, Duration(1));
  shortest_ = std::min(shortest_, took);
  if (now >= period_ends_) {
    most_before_ = std::exchange(most_, 0);
    period_ends_ = now + kPeriod;
  }
  const double passed = static_cast<double>(answered_bytes_ - sent.answered_before);
  const double part = static_cast<double>(shortest_.count()) / static_cast<double>(took.count());
  most_ = std::max(most_, static_cast<std::size_t>(passed * part));
}

std::size_t PipeDepth::bytes() const {
  const std::size_t most = std::max(most_, most_before_);
  return most + most / 2;
}

}  // namespace kmirror::mirror
