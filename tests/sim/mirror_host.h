// The machine of the mirror: begins it, asks it to stop or kills it, and sees how it ends. Owned by
// the scenario; one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mirror/mirror.h"
#include "net/sim/network.h"
#include "net/sim/process.h"
#include "sim/options.h"

namespace kmirror::sim {

inline constexpr const char* kGroup = "mirror";  // whose positions it commits

class MirrorHost {
 public:
  MirrorHost(const Options& options, net::sim::World& world, net::sim::Network& network);
  ~MirrorHost();

  void start();
  void kill(net::sim::Death how);
  void request_stop() {
    stop_requested_ = true;
    mirror_->request_stop();
  }

  bool is_running() const { return mirror_ != nullptr && !outcome_; }
  bool stop_requested() const { return stop_requested_; }

  // How it ended by itself; then it is to be started again or not.
  const std::optional<mirror::MirrorOutcome>& outcome() const { return outcome_; }
  // What it last said of itself.
  const mirror::MirrorReport& report() const { return report_; }

 private:
  void clear();

  const Options& options_;
  net::sim::World& world_;
  net::sim::Network& network_;
  std::vector<std::unique_ptr<net::sim::Process>> processes_;  // a shard each
  std::unique_ptr<mirror::Mirror> mirror_;
  bool stop_requested_ = false;
  std::optional<mirror::MirrorOutcome> outcome_;
  mirror::MirrorReport report_;
};

}  // namespace kmirror::sim
