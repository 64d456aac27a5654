#include "net/core/back_off.h"

#include <algorithm>
#include <cmath>

namespace kmirror::net {

Duration BackOff::next(Random& random) {
  const double doubled = static_cast<double>(first_.count()) * std::exp2(std::min(tries_, 30));
  ++tries_;
  const double capped = std::min(doubled, static_cast<double>(longest_.count()));
  return Duration(static_cast<Duration::rep>(capped * (0.8 + 0.4 * random.unit())));
}

}  // namespace kmirror::net
