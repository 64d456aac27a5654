// One broker of a cluster: where it listens, whether it runs, its connections and fetch sessions.
// Owned by the Cluster; used on its executor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "broker/core/fetch_sessions.h"
#include "net/runtime.h"
#include "net/task_group.h"
#include "net/wakeup.h"

namespace kmirror::broker {

class Cluster;

struct NodeSettings {
  std::int32_t id = 1;
  net::Runtime* runtime = nullptr;  // outlives the cluster
  net::Address listen{"127.0.0.1", 0};
  std::string advertised_host;  // what clients are told; the listener's address if empty
  std::string rack;
};

class Node {
 public:
  Node(Cluster& cluster, NodeSettings settings);
  ~Node();

  std::int32_t id() const { return settings_.id; }
  const std::string& host() const { return settings_.advertised_host; }
  std::uint16_t port() const { return port_; }
  const std::string& rack() const { return settings_.rack; }
  net::Runtime& runtime() const { return *settings_.runtime; }
  // From the beginning on; false between stop() and start().
  bool is_running() const { return running_; }

  // How often it was started.
  int starts() const { return starts_; }

  // Listens; at the same port as before if it was chosen by the system.
  net::Result<void> start();

  // Closes the listener and all connections. What requests have begun goes on to its end: a request
  // may be appended after its connection died, as in Kafka.
  void stop();

  // Closes the connections; clients may come again.
  void hang_up();

  // Waits until nothing of a stopped node runs any more.
  net::Awaitable<void> join();

  // Waits for a wakeup in a request's name. False where the node has stopped: nobody will read the
  // answer.
  net::Awaitable<bool> wait(net::Wakeup& wakeup, TimePoint deadline);

  // What Produce and Fetch tell their clients to wait, and the connection then does (KIP-219).
  Duration throttle{};
  // How long each request waits before it is worked on.
  Duration delay{};

  FetchSessions sessions;

  // Of a connection, while it is served.
  class Registration {
   public:
    Registration(Node& node, net::Stream& stream);
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    Node& node_;
    net::Stream& stream_;
  };

 private:
  net::Awaitable<void> accept_loop(std::shared_ptr<net::Listener> listener);

  Cluster& cluster_;
  NodeSettings settings_;
  std::uint16_t port_ = 0;
  bool running_ = true;
  int starts_ = 0;
  std::shared_ptr<net::Listener> listener_;
  // In the order of their coming: a set would have that of their addresses.
  std::vector<net::Stream*> streams_;
  std::vector<net::Wakeup*> waiting_;
  net::TaskGroup tasks_;
};

}  // namespace kmirror::broker
