#include "net/sim/world.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "net/sim/testing/two_hosts.h"

namespace kmirror::net::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Note final : public Event {
 public:
  Note(std::string& order, char letter) : Event(Kind::kTimer, 0), order_(order), letter_(letter) {}

 private:
  void happen() override { order_.push_back(letter_); }

  std::string& order_;
  char letter_;
};

TEST(World, EventsHappenInTheOrderOfTheirTimes) {
  World world(1);
  std::string order;
  Note a(order, 'a');
  Note b(order, 'b');
  Note c(order, 'c');
  Note d(order, 'd');
  world.schedule(c, TimePoint() + seconds(3));
  world.schedule(a, TimePoint() + seconds(1));
  world.schedule(b, TimePoint() + seconds(9));
  world.schedule(d, TimePoint() + seconds(2));
  world.schedule(b, TimePoint() + seconds(2));  // instead
  d.unschedule();
  {
    Note gone(order, 'x');
    world.schedule(gone, TimePoint() + seconds(1));
  }
  world.run_until(TimePoint() + seconds(2));
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(world.now(), TimePoint() + seconds(2));
  world.schedule(a, TimePoint());  // past: it happens now
  EXPECT_TRUE(world.run_until([&order] { return order.size() == 3; }, kNever));
  EXPECT_EQ(world.now(), TimePoint() + seconds(2));
  EXPECT_FALSE(world.run_until([&order] { return order.size() == 5; }, kNever));
  EXPECT_EQ(order, "abac");
  EXPECT_EQ(world.next_time(), kNever);
}

TEST(World, WhatIsDueAtOnceHappensInAnOrderThatTheSeedDecides) {
  std::set<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    World world(seed);
    std::string order;
    Note a(order, 'a');
    Note b(order, 'b');
    Note c(order, 'c');
    for (Note* each : {&a, &b, &c}) world.schedule(*each, TimePoint() + seconds(1));
    while (world.step()) continue;
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 6u);
}

struct Outcome {
  std::uint64_t trace;
  std::uint64_t steps;
  TimePoint end;
  std::string story;
  bool operator==(const Outcome&) const = default;
};

// Everything that may go wrong, with a process that is killed and one that takes its place.
Outcome play(std::uint64_t seed) {
  const LinkOptions faults = {.latency_min = milliseconds(1),
                              .latency_max = milliseconds(9),
                              .window_bytes = 500,
                              .short_read = 0.2,
                              .short_write = 0.2,
                              .clog = 0.05,
                              .reset = 0.02,
                              .half_close = 0.01,
                              .stall = 0.01,
                              .refuse = 0.1};
  TwoHosts hosts(seed, faults);
  std::string story;
  hosts.world.log_sink = [&story](TimePoint, std::string_view process, LogLevel,
                                  std::string_view line) {
    story.append(process).append(": ").append(line).append("\n");
  };
  for (int i = 0; i < 20; ++i) {
    auto connected = hosts.a->run(hosts.a->connect({"b", 9092}, hosts.world.now() + seconds(9)));
    hosts.a->log(LogLevel::kInfo, connected ? "connected" : connected.error().text);
    if (!connected) continue;
    auto accepted = hosts.b->run(hosts.listener->accept());
    std::string sent;
    std::string got;
    TwoHosts::begin(*hosts.a, TwoHosts::send(*connected.value(), std::string(3000, 'x')), sent);
    TwoHosts::begin(*hosts.b, TwoHosts::receive(*accepted.value(), 3000), got);
    hosts.pass(seconds(20));
    hosts.b->log(LogLevel::kInfo, std::to_string(got.size()) + " " + sent);
    hosts.a->kill(Death::kClosed);
    connected.value().reset();
    hosts.a = std::make_unique<Process>(hosts.world, hosts.network, "a", "a");
    hosts.pass(seconds(20));
    accepted.value()->close();
    hosts.pass(Duration(1));
  }
  return {hosts.world.trace_hash(), hosts.world.steps(), hosts.world.now(), story};
}

TEST(World, TheSameSeedGivesTheSameRun) {
  std::set<std::uint64_t> traces;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome first = play(seed);
    EXPECT_TRUE(first == play(seed)) << first.story;
    EXPECT_GT(first.steps, 100u);
    traces.insert(first.trace);
  }
  EXPECT_EQ(traces.size(), 10u);
}

TEST(World, LogLinesArePartOfTheTrace) {
  World world(1);
  Network network(world);
  Process process(world, network, "a", "a");
  const std::uint64_t before = world.trace_hash();
  process.log(LogLevel::kInfo, "a line");
  EXPECT_NE(world.trace_hash(), before);
}

}  // namespace
}  // namespace kmirror::net::sim
