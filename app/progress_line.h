// What a running mirror tells people: a live line on a terminal, a plain line now and then
// elsewhere, and one line at the end. Owned by the command; used on the first shard's thread.
#pragma once

#include <chrono>
#include <string>

#include "mirror/mirror.h"

namespace kmirror::app {

class ProgressLine {
 public:
  explicit ProgressLine(bool terminal);

  // To be called about once a second.
  void on_report(const mirror::MirrorReport& report);

  // Ends the live line and gives the closing one.
  std::string closing(const mirror::MirrorReport& report);

 private:
  using Clock = std::chrono::steady_clock;

  bool terminal_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point last_ = began_;
  mirror::Counters last_counters_;
  bool live_ = false;
};

// "12.3 MB"; powers of ten, as networks are measured.
std::string human_bytes(double bytes);

}  // namespace kmirror::app
