// Runs a console command against a cluster, on the calling thread: connects, runs the command, and
// closes everything. Warnings go to stderr.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net/cluster.h"

namespace kmirror::app {

// Where the brokers are: given, or to be found through ZooKeeper.
struct SessionSettings {
  std::vector<net::HostPort> bootstrap;
  std::string client_id;
};

// Starts a coroutine that does the work on a started cluster and returns the exit code. What it
// refers to lives until run_session returns.
using Command = std::function<net::Awaitable<int>(net::Cluster&)>;

// The command's exit code, or kExitError when no broker can be reached.
int run_session(const SessionSettings& settings, const Command& command);

}  // namespace kmirror::app
