// How long to wait before the next try: doubling from a first delay to a longest, spread by +-20 %
// so that many clients do not come back in step (Kafka's ExponentialBackoff, KIP-580).
#pragma once

#include "base/random.h"
#include "base/time.h"

namespace kmirror::net {

class BackOff {
 public:
  BackOff(Duration first, Duration longest) : first_(first), longest_(longest) {}

  // The delay before the next try; longer each time.
  Duration next(Random& random);

  // A try succeeded: start again from the first delay.
  void reset() { tries_ = 0; }

  int tries() const { return tries_; }

 private:
  Duration first_;
  Duration longest_;
  int tries_ = 0;
};

}  // namespace kmirror::net
