#include "net/sim/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "net/sim/testing/two_hosts.h"

namespace kmirror::net::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::size_t kAll = 1 << 30;

Awaitable<std::string> connect(Process& process, TimePoint deadline) {
  const Address address{"b", 9092};
  const auto connected = co_await process.connect(address, deadline);
  co_return connected ? "connected" : connected.error().text;
}

Awaitable<std::string> accept(Listener& listener) {
  const auto accepted = co_await listener.accept();
  co_return accepted ? "accepted" : accepted.error().text;
}

TEST(Network, APartitionGoesOneWayAndDelays) {
  TwoHosts hosts(1, {.latency_min = milliseconds(1), .window_bytes = 100});
  hosts.open();
  hosts.network.partition("a", "b");
  std::string sent;
  std::string got;
  TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, "held up"), sent);
  TwoHosts::begin(*hosts.b, TwoHosts::receive(*hosts.at_b, 7), got);
  EXPECT_EQ(hosts.b->run(TwoHosts::send(*hosts.at_b, "passes")), "sent");
  EXPECT_EQ(hosts.a->run(TwoHosts::receive(*hosts.at_a, 6)), "passes");

  // The acknowledgements do not pass, so that in the end the writer waits.
  std::string bulk;
  TwoHosts::begin(*hosts.b, TwoHosts::send(*hosts.at_b, std::string(100, 'x')), bulk);
  EXPECT_EQ(hosts.a->run(TwoHosts::receive(*hosts.at_a, 94)), std::string(94, 'x'));
  hosts.pass(seconds(60));
  EXPECT_EQ(got, "");
  EXPECT_EQ(bulk, "");

  hosts.network.heal();
  hosts.pass(seconds(10));
  EXPECT_EQ(got, "held up");
  EXPECT_EQ(bulk, "sent");
}

TEST(Network, ALongPartitionEndsAConnection) {
  TwoHosts hosts;
  hosts.open();
  hosts.network.partition("a", "b");
  hosts.a->run(TwoHosts::send(*hosts.at_a, "x"));
  hosts.pass(seconds(3600));
  EXPECT_EQ(hosts.a->run(TwoHosts::receive(*hosts.at_a, 1)), "<read: Connection timed out>");
}

TEST(Network, AClogHoldsEverythingForItsTime) {
  TwoHosts hosts;
  hosts.open();
  hosts.network.clog("a", "b", seconds(3));
  hosts.a->run(TwoHosts::send(*hosts.at_a, "x"));
  EXPECT_EQ(hosts.b->run(TwoHosts::receive(*hosts.at_b, 1)), "x");
  EXPECT_EQ(hosts.world.now(), TimePoint() + seconds(3));
}

TEST(Network, AConnectIsRepeatedUntilItsDeadline) {
  for (const bool heals : {true, false}) {
    TwoHosts hosts;
    hosts.network.partition("b", "a");
    std::string outcome;
    TwoHosts::begin(*hosts.a, connect(*hosts.a, TimePoint() + seconds(10)), outcome);
    hosts.pass(milliseconds(2500));
    EXPECT_EQ(outcome, "");
    if (heals) hosts.network.heal();
    hosts.pass(milliseconds(1000));
    EXPECT_EQ(outcome, heals ? "connected" : "");
    hosts.pass(seconds(10));
    EXPECT_EQ(outcome, heals ? "connected" : "no connection in time");
  }
}

TEST(Network, NobodyListens) {
  TwoHosts hosts;
  const auto other_port = hosts.a->run(hosts.a->connect({"b", 9093}, kNever));
  EXPECT_EQ(other_port.error().text, "cannot connect: Connection refused");
  std::string accepted;
  TwoHosts::begin(*hosts.b, accept(*hosts.listener), accepted);
  hosts.pass(seconds(1));
  hosts.listener->close();
  hosts.pass(seconds(1));
  EXPECT_EQ(accepted, "cannot accept: Operation canceled");
  const auto closed = hosts.a->run(hosts.a->connect({"b", 9092}, kNever));
  EXPECT_EQ(closed.error().text, "cannot connect: Connection refused");
}

TEST(Network, APortIsTakenOnce) {
  TwoHosts hosts;
  EXPECT_THAT(hosts.b->listen({"b", 9092}).error().text, HasSubstr("Address already in use"));
  EXPECT_THAT(hosts.a->listen({"b", 9092}).error().text, HasSubstr("another host's"));
  const auto chosen = hosts.b->listen({"b", 0});
  ASSERT_TRUE(chosen);
  EXPECT_GT(chosen.value()->address().port, 1024);
  hosts.b->kill(Death::kClosed);
  hosts.b = std::make_unique<Process>(hosts.world, hosts.network, "b", "b");
  EXPECT_TRUE(hosts.b->listen({"b", 9092})) << "what is killed listens no more";
}

TEST(Network, NamesHaveManyAddressesOrNoneAndTakeTheirTime) {
  TwoHosts hosts;
  hosts.network.names["many"] = {.ips = {"a", "b"}, .delay = seconds(2)};
  hosts.network.names["none"] = {};
  hosts.network.names["broken"] = {.ips = {"a"}, .fails = 1};
  const auto many = hosts.a->run(hosts.a->resolve("many", 1));
  EXPECT_EQ(many.value(), (std::vector<Address>{{"a", 1}, {"b", 1}}));
  EXPECT_EQ(hosts.world.now(), TimePoint() + seconds(2));
  const auto itself = hosts.a->run(hosts.a->resolve("b", 2));
  EXPECT_EQ(itself.value(), (std::vector<Address>{{"b", 2}}));
  EXPECT_EQ(hosts.a->run(hosts.a->resolve("none", 1)).error().text, "cannot resolve none");
  EXPECT_FALSE(hosts.a->run(hosts.a->resolve("broken", 1)));
}

TEST(Network, ResettingAHostEndsItsConnections) {
  TwoHosts hosts;
  hosts.open();
  hosts.network.reset_all("b");
  for (const auto& stream : {&hosts.at_a, &hosts.at_b}) {
    EXPECT_EQ(hosts.a->run(TwoHosts::receive(**stream, 1)), "<read: Connection reset by peer>");
    EXPECT_EQ(hosts.a->run(TwoHosts::send(**stream, "x")), "0 write: Connection reset by peer");
  }
}

TEST(Network, FaultsOfConnects) {
  TwoHosts refusing(1, {.refuse = 1});
  const auto refused = refusing.a->run(refusing.a->connect({"b", 9092}, kNever));
  EXPECT_EQ(refused.error().text, "cannot connect: Connection refused");
  TwoHosts swallowing(1, {.black_hole = 1});
  swallowing.world.buggify = [](std::string_view) { return true; };  // Nobody is woken early here.
  const TimePoint deadline = TimePoint() + seconds(10);
  const auto swallowed = swallowing.a->run(swallowing.a->connect({"b", 9092}, deadline));
  EXPECT_EQ(swallowed.error().kind, FailureKind::kTimeout);
  EXPECT_EQ(swallowing.world.now(), deadline);
}

TEST(Network, FaultsOfWrites) {
  TwoHosts hosts;
  hosts.open();
  hosts.network.set_options({.stall = 1});
  hosts.a->run(TwoHosts::send(*hosts.at_a, "x"));
  std::string got;
  TwoHosts::begin(*hosts.b, TwoHosts::receive(*hosts.at_b, 1), got);
  hosts.pass(seconds(60));
  EXPECT_EQ(got, "");
  hosts.network.set_options({});
  hosts.network.heal();
  hosts.pass(seconds(10));
  EXPECT_EQ(got, "x");

  hosts.network.link("a", "b").options.half_close = 1;
  hosts.a->run(TwoHosts::send(*hosts.at_a, "last"));
  EXPECT_EQ(hosts.b->run(TwoHosts::receive(*hosts.at_b, kAll)),
            "last<connection closed by the peer>");
  EXPECT_EQ(hosts.a->run(TwoHosts::send(*hosts.at_a, "never arrives")), "sent");
  EXPECT_EQ(hosts.b->run(TwoHosts::send(*hosts.at_b, "goes on")), "sent");
  EXPECT_EQ(hosts.a->run(TwoHosts::receive(*hosts.at_a, 7)), "goes on");

  hosts.network.link("b", "a").options.reset = 1;
  EXPECT_EQ(hosts.b->run(TwoHosts::send(*hosts.at_b, "z")), "sent");
  hosts.pass(seconds(1));
  EXPECT_THAT(hosts.a->run(TwoHosts::receive(*hosts.at_a, kAll)), HasSubstr("reset by peer"));
  EXPECT_THAT(hosts.b->run(TwoHosts::send(*hosts.at_b, "z")), HasSubstr("reset by peer"));
}

TEST(Network, OptionsArePrinted) {
  EXPECT_EQ(LinkOptions().to_string(), "no faults");
  EXPECT_EQ((LinkOptions{.latency_max = milliseconds(5), .reset = 0.25}).to_string(),
            "latency_max_us=5000 reset=0.25");
}

}  // namespace
}  // namespace kmirror::net::sim
