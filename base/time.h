// Two kinds of time. TimePoint is monotonic and comes from the Runtime alone; it starts anywhere
// and is compared and subtracted. Wall-clock times, as Kafka's timestamps, are int64 milliseconds
// since 1970 and are named ..._ms.
#pragma once

#include <chrono>

namespace kmirror {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

inline constexpr TimePoint kNever = TimePoint::max();

}  // namespace kmirror
