// How many bytes of requests are worth having under way on one connection: a long line holds many
// before the first answer can come, and beyond what it holds they only queue. Told by answers: what
// is answered while a request is under way passed in its time, and of that only the shortest that
// any took was the way and the broker's work; the rest was waiting in line.
// Sans-IO; owned by the loop of the connection.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace kmirror::mirror {

class PipeDepth {
 public:
  struct Sent {
    std::size_t bytes = 0;
    TimePoint at{};
    std::uint64_t answered_before = 0;  // bytes
  };

  Sent on_sent(std::size_t bytes, TimePoint now) const { return {bytes, now, answered_bytes_}; }
  void on_answered(const Sent& sent, TimePoint now);

  // Somewhat more than the line was seen to hold, so that it is found out whether it holds more.
  std::size_t bytes() const;

 private:
  Duration shortest_ = Duration::max();
  std::uint64_t answered_bytes_ = 0;
  // The most that was seen to pass, in this period and in the one before.
  TimePoint period_ends_ = TimePoint::min();
  std::size_t most_ = 0;
  std::size_t most_before_ = 0;
};

}  // namespace kmirror::mirror
