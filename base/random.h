// Seeded random streams. A stream is split by label, so that one draw more in one place does not
// shift the numbers of another. Not for secrets. One owner each, no locking.
#pragma once

#include <cstdint>
#include <string_view>

namespace kmirror {

class Random {
 public:
  explicit Random(std::uint64_t seed) : seed_(seed), state_(seed) {}

  // A stream of its own, decided by this stream's seed and the label alone: the same label gives
  // the same stream again.
  Random split(std::string_view label) const;

  std::uint64_t next();

  // Uniform in [0, bound); bound is at least 1.
  std::uint64_t below(std::uint64_t bound);

  // Uniform in [0, 1).
  double unit();

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
};

}  // namespace kmirror
