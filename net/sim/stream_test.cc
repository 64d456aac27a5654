#include "net/sim/stream.h"

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

std::string pattern(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + " ";
  text.resize(size);
  return text;
}

TEST(SimStream, BytesKeepTheirOrderWhateverHappensOnTheWay) {
  const std::string forth = pattern(300'000);
  const std::string back = pattern(100'000) + "and back";
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TwoHosts hosts(seed, {.latency_min = milliseconds(1),
                          .latency_max = milliseconds(20),
                          .bytes_per_second = seed % 2 == 0 ? 1'000'000u : 0u,
                          .window_bytes = 10'000,
                          .short_read = 0.3,
                          .short_write = 0.3,
                          .clog = 0.1});
    hosts.open();
    std::string ended[3];
    TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, forth), ended[0]);
    TwoHosts::begin(*hosts.b, TwoHosts::send(*hosts.at_b, back), ended[1]);
    TwoHosts::begin(*hosts.a, TwoHosts::receive(*hosts.at_a, back.size()), ended[2]);
    EXPECT_EQ(hosts.b->run(TwoHosts::receive(*hosts.at_b, forth.size())), forth) << seed;
    hosts.pass(seconds(600));
    EXPECT_EQ(ended[0], "sent");
    EXPECT_EQ(ended[1], "sent");
    EXPECT_EQ(ended[2], back);
  }
}

Awaitable<void> lend(Stream& stream, ConstBytes bytes) {
  const auto wrote = co_await stream.write_some(std::span(&bytes, 1), Lending::kLent);
  EXPECT_TRUE(wrote);
}

TEST(SimStream, WhatIsLentMayChangeOnceItIsReadOrTheStreamIsClosed) {
  for (const bool closes : {false, true}) {
    TwoHosts hosts;
    hosts.open();
    Buffer bytes(5, 'x');
    hosts.a->run(lend(*hosts.at_a, bytes));
    if (closes) {
      hosts.at_a->close();
      bytes[2] = 'y';
    }
    EXPECT_EQ(hosts.b->run(TwoHosts::receive(*hosts.at_b, 5)), "xxxxx");
    bytes[2] = 'z';
    hosts.pass(seconds(1));
  }
}

TEST(SimStream, FindsOutWhenWhatIsLentChangesBeforeItIsRead) {
  TwoHosts hosts;
  hosts.open();
  Buffer bytes(5, 'x');
  hosts.a->run(lend(*hosts.at_a, bytes));
  EXPECT_EQ(hosts.b->run(TwoHosts::receive(*hosts.at_b, 2)), "xx");
  bytes[1] = 'y';
  EXPECT_EQ(hosts.b->run(TwoHosts::receive(*hosts.at_b, 1)), "x");
  bytes[4] = 'y';
  EXPECT_DEATH(hosts.b->run(TwoHosts::receive(*hosts.at_b, 2)), "what is lent");
}

Awaitable<std::string> read_once(Stream& stream, std::size_t expected) {
  Buffer bytes(1000);
  const auto got = co_await stream.read_some(bytes, expected);
  co_return got
      ? std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(got.value()))
      : "<" + got.error().text + ">";
}

TEST(SimStream, AReadWaitsForWhatItExpectsButNotBeyondTheEnd) {
  TwoHosts hosts(1, {.window_bytes = 100});
  hosts.open();
  std::string sent;
  std::string read;
  TwoHosts::begin(*hosts.b, read_once(*hosts.at_b, 6), read);
  TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, "hello"), sent);
  hosts.pass(seconds(1));
  EXPECT_EQ(read, "");
  TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, "!"), sent);
  hosts.pass(seconds(1));
  EXPECT_EQ(read, "hello!");
  TwoHosts::begin(*hosts.b, read_once(*hosts.at_b, 500), read);
  TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, pattern(100)), sent);
  hosts.pass(seconds(1));
  EXPECT_EQ(read, pattern(100)) << "more than the window does not come by itself";
  TwoHosts::begin(*hosts.b, read_once(*hosts.at_b, 50), read);
  TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, "bye"), sent);
  hosts.pass(seconds(1));
  hosts.at_a->close();
  hosts.pass(seconds(1));
  EXPECT_EQ(read, "bye");
}

TEST(SimStream, LatencyAndBandwidthTakeTime) {
  TwoHosts hosts(1, {.latency_min = milliseconds(10),
                     .latency_max = milliseconds(10),
                     .bytes_per_second = 1'000'000});
  hosts.open();
  EXPECT_EQ(hosts.world.now(), TimePoint() + milliseconds(20)) << "one round trip";
  std::string sent;
  TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, pattern(100'000)), sent);
  hosts.b->run(TwoHosts::receive(*hosts.at_b, 100'000));
  EXPECT_EQ(hosts.world.now(), TimePoint() + milliseconds(20 + 10 + 100));
}

TEST(SimStream, AWriterWaitsForItsReader) {
  TwoHosts hosts(1, {.latency_min = milliseconds(1), .window_bytes = 1000});
  hosts.open();
  std::string sent;
  TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, pattern(1500)), sent);
  hosts.pass(seconds(100));
  EXPECT_EQ(sent, "");
  hosts.b->run(TwoHosts::receive(*hosts.at_b, 500));
  hosts.pass(seconds(1));
  EXPECT_EQ(sent, "sent");
}

TEST(SimStream, ACleanCloseDeliversWhatWasWrittenBefore) {
  for (const bool killed : {false, true}) {
    TwoHosts hosts(1, {.latency_min = milliseconds(1)});
    hosts.open();
    EXPECT_EQ(hosts.a->run(TwoHosts::send(*hosts.at_a, pattern(5000))), "sent");
    if (killed) {
      hosts.a->kill(Death::kClosed);
    } else {
      hosts.at_a->close();
    }
    hosts.at_a.reset();
    EXPECT_EQ(hosts.b->run(TwoHosts::receive(*hosts.at_b, kAll)),
              pattern(5000) + "<connection closed by the peer>");
  }
}

TEST(SimStream, CloseEndsWhatWaitsAtOnce) {
  TwoHosts hosts(1, {.window_bytes = 10});
  hosts.open();
  std::string sent;
  std::string got;
  TwoHosts::begin(*hosts.a, TwoHosts::send(*hosts.at_a, pattern(20)), sent);
  TwoHosts::begin(*hosts.a, TwoHosts::receive(*hosts.at_a, 1), got);
  hosts.pass(seconds(1));
  hosts.at_a->close();
  hosts.pass(Duration(1));
  EXPECT_EQ(sent, "10 connection closed");
  EXPECT_EQ(got, "<connection closed>");
}

TEST(SimStream, WhoWritesToAClosedEndIsReset) {
  TwoHosts hosts(1, {.latency_min = milliseconds(1)});
  hosts.open();
  hosts.at_b->close();
  hosts.pass(seconds(1));
  EXPECT_EQ(hosts.a->run(TwoHosts::send(*hosts.at_a, "late")), "sent") << "nothing tells it yet";
  hosts.pass(seconds(1));
  EXPECT_THAT(hosts.a->run(TwoHosts::send(*hosts.at_a, "later")), HasSubstr("reset by peer"));
}

TEST(SimStream, ClosingWithBytesUnreadResets) {
  TwoHosts hosts;
  hosts.open();
  EXPECT_EQ(hosts.a->run(TwoHosts::send(*hosts.at_a, "unread")), "sent");
  hosts.pass(seconds(1));
  hosts.at_b->close();
  EXPECT_EQ(hosts.a->run(TwoHosts::receive(*hosts.at_a, 1)), "<read: Connection reset by peer>");
}

TEST(SimStream, AResetMayDropTheTail) {
  bool kept = false;
  bool dropped = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TwoHosts hosts(seed);
    hosts.open();
    EXPECT_EQ(hosts.a->run(TwoHosts::send(*hosts.at_a, "tail")), "sent");
    hosts.pass(seconds(1));
    hosts.a->kill(Death::kReset);
    hosts.at_a.reset();
    hosts.pass(seconds(1));
    const std::string got = hosts.b->run(TwoHosts::receive(*hosts.at_b, kAll));
    (got.starts_with("tail") ? kept : dropped) = true;
    EXPECT_THAT(got, HasSubstr("<read: Connection reset by peer>"));
  }
  EXPECT_TRUE(kept && dropped);
}

TEST(SimStream, ASilentDeathIsNoticedWhenTheHostIsBack) {
  TwoHosts hosts(1, {.latency_min = milliseconds(1)});
  hosts.open();
  hosts.b->kill(Death::kSilent);
  hosts.at_b.reset();
  hosts.listener.reset();
  std::string got;
  TwoHosts::begin(*hosts.a, TwoHosts::receive(*hosts.at_a, 1), got);
  EXPECT_EQ(hosts.a->run(TwoHosts::send(*hosts.at_a, "anybody?")), "sent");
  hosts.pass(seconds(300));
  EXPECT_EQ(got, "");
  const auto late = hosts.a->run(hosts.a->connect({"b", 9092}, hosts.world.now() + seconds(5)));
  EXPECT_EQ(late.error().kind, FailureKind::kTimeout);
  hosts.b = std::make_unique<Process>(hosts.world, hosts.network, "b", "b");
  hosts.pass(seconds(30));
  EXPECT_EQ(got, "<read: Connection reset by peer>");
}

TEST(SimStream, WhatASilentHostDidNotGetThroughIsLost) {
  TwoHosts hosts;
  hosts.open();
  hosts.network.partition("a", "b");
  EXPECT_EQ(hosts.a->run(TwoHosts::send(*hosts.at_a, "lost")), "sent");
  hosts.a->kill(Death::kSilent);
  hosts.at_a.reset();
  hosts.pass(seconds(1));
  hosts.network.heal();
  std::string got;
  TwoHosts::begin(*hosts.b, TwoHosts::receive(*hosts.at_b, 1), got);
  hosts.pass(seconds(100));
  EXPECT_EQ(got, "");
}

}  // namespace
}  // namespace kmirror::net::sim
