// How long until something happens that happens every so often. Pure function of the stream.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/random.h"
#include "base/time.h"

namespace kmirror::sim {

inline Duration draw_wait(Random& random, Duration mean) {
  const double factor = -std::log(1 - random.unit());
  return Duration(static_cast<std::int64_t>(static_cast<double>(mean.count()) * factor));
}

}  // namespace kmirror::sim
