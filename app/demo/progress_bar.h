// A bar for people who watch: how much of a known number of records is done. On a terminal it is
// drawn again and again in place; elsewhere once, at its end. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace kmirror::app {

class ProgressBar {
 public:
  ProgressBar(std::int64_t records, bool terminal) : records_(records), terminal_(terminal) {}

  // As often as one likes.
  void show(std::int64_t done, std::int64_t bytes);
  void finish(std::int64_t done, std::int64_t bytes);

 private:
  using Clock = std::chrono::steady_clock;

  void draw(std::int64_t done, std::int64_t bytes);

  std::int64_t records_;
  bool terminal_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point drawn_ = began_;
};

}  // namespace kmirror::app
