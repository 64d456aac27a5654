// For tests: a simulated process alone in its world, with a log to look into. A table says who
// answers where without a network; all other addresses are the simulated network's. One thread,
// one object a test.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/sim/network.h"
#include "net/sim/process.h"

namespace kmirror::net {

struct VirtualWorld {
  sim::World time{1};
  sim::Network network{time};
};

class VirtualRuntime : public VirtualWorld, public sim::Process {
 public:
  using Answer = std::function<Result<std::unique_ptr<Stream>>()>;

  VirtualRuntime();
  ~VirtualRuntime() override;

  std::map<std::pair<std::string, std::uint16_t>, Answer> listeners;
  std::vector<std::string> lines;  // of the log

  void log(LogLevel, std::string_view line) override;

  Awaitable<Result<std::unique_ptr<Stream>>> connect(Address address, TimePoint deadline) override;

 private:
  static Awaitable<Result<std::unique_ptr<Stream>>> connect_to(Answer answer);
};

}  // namespace kmirror::net
