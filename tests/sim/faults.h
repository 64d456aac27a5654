// Does the damage that the options ask for: kills the mirror, moves leaders, stops brokers, cuts
// links, refuses requests and loses answers. Each kind has its own random stream and its own time.
// Owned by the scenario; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "broker/cluster.h"
#include "net/sim/network.h"
#include "sim/checker.h"
#include "sim/mirror_host.h"
#include "sim/options.h"
#include "sim/probes.h"

namespace kmirror::sim {

struct Stage {
  const Options& options;
  net::sim::World& world;
  net::sim::Network& network;
  broker::Cluster& source;
  broker::Cluster& destination;
  MirrorHost& mirror;
  Checker& checker;
  Ledger& ledger;
  Probes& probes;
};

class Faults {
 public:
  explicit Faults(Stage stage);

  // When the next one is due.
  TimePoint next() const;
  // Does what is due.
  void act();

  // No faults from now on, and what was broken is whole again.
  void end();

 private:
  struct Fault {
    Duration mean;
    void (Faults::*act)();
    Random random;
    TimePoint next;
  };

  void add(const char* name, Duration mean, void (Faults::*act)());
  void hook_requests(broker::Cluster& cluster, const char* name);
  broker::HookAction meddle(broker::CallContext& call, std::int16_t api_key, const void* request,
                            void* response, Random& random);

  void kill_mirror();
  void move_leader();
  void stop_node();
  void cut_link();
  void sweep();
  void throttle();
  void lag();
  void delete_records();
  void delete_copies();
  void spoil_answers(broker::Cluster& cluster, const char* name);
  void forget_names();

  void tell(std::string_view line) { stage_.world.log("faults", net::LogLevel::kInfo, line); }
  // Does what may make the destination forget producers, and tells the checker where it did.
  template <class Act>
  void forgetting(Act act);
  broker::Cluster& any_cluster();
  std::string any_host();
  struct Chosen {
    net::TopicPartition name;
    std::shared_ptr<broker::Partition> partition;
  };
  // Nothing if there is none yet.
  std::optional<Chosen> any_partition(broker::Cluster& cluster);

  Stage stage_;
  Random random_;
  std::vector<Fault> faults_;
  // What is to be undone, and when.
  std::multimap<TimePoint, std::function<void()>> repairs_;
  bool ended_ = false;
};

}  // namespace kmirror::sim
