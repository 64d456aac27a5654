// A partition that its broker answers with errors which are tried again: people are told once, when
// that lasts, and again when it is over. A value of the partition's owner; no thread rules.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "base/time.h"

namespace kmirror::mirror {

class Refusal {
 public:
  // A leader election, or a broker that starts, takes less.
  static constexpr std::chrono::seconds kPatience{5};

  // The broker refused. True when that is to be told: once, after it has refused for kPatience.
  bool on_refused(TimePoint now) {
    if (!since_) since_ = now;
    if (is_told_ || now - *since_ < kPatience) return false;
    is_told_ = true;
    return true;
  }

  // The broker took the request. True when a refusal that was told of is over.
  bool on_accepted() {
    since_.reset();
    return std::exchange(is_told_, false);
  }

  // The broker went away, or gave the partition up: what it refuses before and after does not last
  // in between.
  void on_leaderless() { since_.reset(); }

 private:
  std::optional<TimePoint> since_;
  bool is_told_ = false;
};

}  // namespace kmirror::mirror
