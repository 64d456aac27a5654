// Answers Runtime::buggify() by the seed, as FoundationDB does: each point is on for a whole run or
// not at all, so that runs differ in kind, and where it is on it does its mischief now and then.
// One owner, one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/random.h"
#include "sim/probes.h"

namespace kmirror::sim {

class Buggify {
 public:
  Buggify(Random random, Probes& probes) : random_(random), probes_(probes) {}

  // What is done is a probe of the point's name.
  bool operator()(std::string_view point) {
    auto found = points_.find(point);
    if (found == points_.end()) {
      Random random = random_.split(point);
      const bool on = random.unit() < kOn;
      found = points_.emplace(point, Point{on, random}).first;
    }
    Point& known = found->second;
    if (!known.on || known.random.unit() >= kNowAndThen) return false;
    probes_.reach(point);
    return true;
  }

 private:
  static constexpr double kOn = 0.25;
  static constexpr double kNowAndThen = 0.1;

  struct Point {
    bool on;
    Random random;
  };

  Random random_;
  Probes& probes_;
  std::map<std::string, Point, std::less<>> points_;
};

}  // namespace kmirror::sim
