// For tests of the simulated network: processes on hosts "a" and "b", a connection between them,
// and what goes over it as text.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "net/sim/network.h"

namespace kmirror::net::sim {

struct TwoHosts {
  explicit TwoHosts(std::uint64_t seed = 1, LinkOptions options = {})
      : world(seed), network(world, options) {}

  World world;
  Network network;
  std::unique_ptr<Process> a = std::make_unique<Process>(world, network, "a", "a");
  std::unique_ptr<Process> b = std::make_unique<Process>(world, network, "b", "b");
  std::unique_ptr<Listener> listener = listen();
  std::unique_ptr<Stream> at_a;
  std::unique_ptr<Stream> at_b;

  std::unique_ptr<Listener> listen();

  // Both streams are there afterwards.
  void open();

  // Closes whatever is open, and ends the processes before their objects.
  ~TwoHosts();

  // Writes it all; the answer is how much went before a failure, and that.
  static Awaitable<std::string> send(Stream& stream, std::string text);

  // Reads that many bytes, or up to a failure, which stands behind them in <>.
  static Awaitable<std::string> receive(Stream& stream, std::size_t size);

  // Begins, and puts what came of it into `into`.
  static void begin(Process& process, Awaitable<std::string> task, std::string& into);

  void pass(Duration duration);
};

}  // namespace kmirror::net::sim
