// One run of a simulation: two clusters, a mirror between them, data, and faults; first a while in
// which things break and nothing may go wrong, then one without faults in which everything has to
// be there in the end.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sim/options.h"
#include "sim/probes.h"

namespace kmirror::sim {

struct Result {
  std::string problem;  // empty: none
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
  std::int64_t records = 0;
  Duration time{};  // that passed in the simulation
  Probes probes;
};

// Sees every line that anybody in the simulation logs.
using Story = std::function<void(TimePoint, std::string_view who, std::string_view line)>;

Result run_scenario(const Options& options, const Story& story);

}  // namespace kmirror::sim
