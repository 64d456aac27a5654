// How many bytes of requests are worth having under way on one connection: a long line holds many
// before the first answer can come, and beyond what it holds they only queue. That is the rate at
// which bytes are answered, times how long an answer takes where nothing queues. A queue that lasts
// would be taken for the line's length, so now and then it is let run dry to measure that.
// Sans-IO; owned by the loop of the connection.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace kmirror::mirror {

class PipeDepth {
 public:
  // So many are under way whatever the line holds: the broker works on one, and partitions gather
  // in the next while the others are on their way.
  static constexpr int kRequestsMin = 5;

  struct Sent {
    std::size_t bytes = 0;
    TimePoint at{};
    std::uint64_t answered_before = 0;  // bytes
    bool measures = false;
  };

  Sent on_sent(std::size_t bytes, TimePoint now) const {
    return {bytes, now, answered_bytes_, measuring_};
  }
  void on_answered(const Sent& sent, TimePoint now);

  // Somewhat more than the line was seen to hold, so that it is found out whether it holds more.
  std::size_t bytes() const;

  // Whether one more may be under way beside so many. While it is measured, it is alone.
  bool has_room(int requests, std::size_t requests_bytes) const {
    if (measuring_) return requests == 0;
    return requests < kRequestsMin || requests_bytes < bytes();
  }

 private:
  Duration shortest_ = Duration::max();
  TimePoint began_at_ = kNever;  // with the first answer
  Duration measure_after_ = std::chrono::seconds(1);
  bool measuring_ = false;
  std::uint64_t answered_bytes_ = 0;
  // The highest rate, in bytes a second, in this period and in the one before.
  TimePoint period_ends_ = TimePoint::min();
  double rate_ = 0;
  double rate_before_ = 0;
};

}  // namespace kmirror::mirror
