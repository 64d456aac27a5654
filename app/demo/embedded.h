// An embedded cluster with a thread of its own, for the demonstration. Made and destroyed by the
// main thread; while it lives the cluster is used on its own thread alone.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "broker/cluster.h"
#include "net/asio/asio_runtime.h"

namespace kmirror::app {

class Embedded {
 public:
  // Brokers at ports that are free. `prepare` makes topics and hooks before they listen.
  Embedded(std::string name, int nodes, const std::function<void(broker::Cluster&)>& prepare);
  ~Embedded();
  Embedded(const Embedded&) = delete;
  Embedded& operator=(const Embedded&) = delete;

  // Why there is no cluster, or empty.
  const std::string& problem() const { return problem_; }
  const std::string& bootstrap_servers() const { return bootstrap_servers_; }

 private:
  net::AsioRuntime runtime_;
  broker::Cluster cluster_;
  std::string problem_;
  std::string bootstrap_servers_;
  std::thread thread_;
};

}  // namespace kmirror::app
