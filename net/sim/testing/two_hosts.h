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

  std::unique_ptr<Listener> listen() {
    auto made = b->listen({"b", 9092});
    EXPECT_TRUE(made);
    return std::move(made.value());
  }

  // Both streams are there afterwards.
  void open() {
    auto connected = a->run(a->connect({"b", 9092}, kNever));
    auto accepted = b->run(listener->accept());
    ASSERT_TRUE(connected && accepted);
    at_a = std::move(connected.value());
    at_b = std::move(accepted.value());
  }

  // Closes whatever is open, and ends the processes before their objects.
  ~TwoHosts() {
    a->kill(Death::kClosed);
    b->kill(Death::kClosed);
  }

  // Writes it all; the answer is how much went before a failure, and that.
  static Awaitable<std::string> send(Stream& stream, std::string text) {
    std::size_t sent = 0;
    while (sent < text.size()) {
      const ConstBytes piece = as_bytes(text).subspan(sent);
      const auto wrote = co_await stream.write_some(std::span(&piece, 1));
      if (!wrote) co_return std::to_string(sent) + " " + wrote.error().text;
      sent += wrote.value();
    }
    co_return "sent";
  }

  // Reads that many bytes, or up to a failure, which stands behind them in <>.
  static Awaitable<std::string> receive(Stream& stream, std::size_t size) {
    std::string text;
    Buffer into(8192);
    while (text.size() < size) {
      const MutableBytes space =
          MutableBytes(into).first(std::min(into.size(), size - text.size()));
      const auto got = co_await stream.read_some(space);
      if (!got) co_return text + "<" + got.error().text + ">";
      text += as_text(ConstBytes(into).first(got.value()));
    }
    co_return text;
  }

  // Begins, and puts what came of it into `into`.
  static void begin(Process& process, Awaitable<std::string> task, std::string& into) {
    asio::co_spawn(process.executor(), std::move(task),
                   [&into](std::exception_ptr, std::string text) { into = std::move(text); });
  }

  void pass(Duration duration) { world.run_until(world.now() + duration); }
};

}  // namespace kmirror::net::sim
