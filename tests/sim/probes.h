// What has to happen in some run or other for the runs to prove anything. Each is counted where it
// happens; one that never happens in many seeds is a failure. One owner, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace kmirror::sim {

// All there are, with what they mean.
struct ProbeName {
  std::string_view name;
  std::string_view meaning;
};
std::span<const ProbeName> probe_names();

class Probes {
 public:
  // `name` is among probe_names().
  void reach(std::string_view name, std::uint64_t times = 1);
  void add(const Probes& other);

  const std::map<std::string, std::uint64_t, std::less<>>& counts() const { return counts_; }

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace kmirror::sim
