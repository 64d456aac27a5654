// How long until something happens that happens every so often. Pure function of the stream; whole
// microseconds, since libraries differ in a logarithm's last bit.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>

#include "base/random.h"
#include "base/time.h"

namespace kmirror::sim {

inline Duration draw_wait(Random& random, Duration mean) {
  const double factor = -std::log(1 - random.unit());
  const auto mean_us = std::chrono::duration_cast<std::chrono::microseconds>(mean).count();
  return std::chrono::microseconds(
      static_cast<std::int64_t>(static_cast<double>(mean_us) * factor));
}

}  // namespace kmirror::sim
