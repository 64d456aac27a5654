// Seeds that differ between runs. Safe from all threads.
#pragma once

#include <cstdint>
#include <random>

namespace kmirror::app {

inline std::uint64_t random_seed() {
  std::random_device device;
  const std::uint64_t high = device();
  return high << 32 | device();
}

}  // namespace kmirror::app
