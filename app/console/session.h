// Runs a console command against a cluster, on the calling thread: connects, runs the command, and
// closes everything. Warnings go to stderr.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/cluster.h"
#include "net/zookeeper/connect_string.h"

namespace kmirror::app {

struct SessionSettings {
  std::vector<net::HostPort> bootstrap;
  std::optional<net::ZookeeperConnect> zookeeper;  // if set, the brokers are found there
  std::string client_id;
};

// Starts a coroutine that does the work on a started cluster and returns the exit code. What it
// refers to lives until run_session returns.
using Command = std::function<net::Awaitable<int>(net::Cluster&)>;

// The command's exit code, or kExitError with the reason on stderr when no broker can be reached.
int run_session(const SessionSettings& settings, const Command& command);

}  // namespace kmirror::app
