#include "net/sim/process.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>

#include "net/connection.h"
#include "net/sim/network.h"
#include "net/task_group.h"

namespace kmirror::net::sim {
namespace {

using std::chrono::seconds;

Awaitable<void> sleep(Runtime& runtime, Duration duration, std::vector<std::string>& story,
                      std::string name) {
  Wakeup pause(runtime);
  co_await pause.wait(runtime.now() + duration);
  story.push_back(std::move(name));
}

Awaitable<void> wait(Timer& timer, TimePoint when, std::vector<std::string>& story) {
  const bool fired = co_await timer.wait_until(when);
  story.push_back(fired ? "fired" : "cancelled");
}

struct ProcessTest : testing::Test {
  World world{1};
  Network network{world};
  std::vector<std::string> story;
};

TEST_F(ProcessTest, TimePassesOnlyWhereSomebodyWaits) {
  Process process(world, network, "a", "a");
  TaskGroup tasks(process);
  tasks.spawn(sleep(process, seconds(3), story, "three"));
  tasks.spawn(sleep(process, seconds(1), story, "one"));
  tasks.spawn(sleep(process, seconds(2), story, "two"));
  process.run(tasks.join());
  EXPECT_EQ(story, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(world.now(), TimePoint() + seconds(3));
  EXPECT_EQ(world.wall_clock_ms(), world.wall_clock_start_ms + 3000);
}

TEST_F(ProcessTest, APostRunsInOrderWithinAProcessAndInAnyOrderBetweenThem) {
  bool first_seen[2] = {};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World other_world(seed);
    Network other_network(other_world);
    Process a(other_world, other_network, "a", "a");
    Process b(other_world, other_network, "b", "b");
    std::string order;
    for (const char letter : {'1', '2', '3'}) {
      asio::post(a.executor(), [&order, letter] { order.push_back(letter); });
      asio::post(b.executor(),
                 [&order, letter] { order.push_back(static_cast<char>(letter + 3)); });
    }
    while (other_world.step()) continue;
    ASSERT_EQ(order.size(), 6u);
    EXPECT_LT(order.find('1'), order.find('2'));
    EXPECT_LT(order.find('2'), order.find('3'));
    EXPECT_LT(order.find('4'), order.find('5'));
    EXPECT_LT(order.find('5'), order.find('6'));
    first_seen[order[0] == '4'] = true;
  }
  EXPECT_TRUE(first_seen[0] && first_seen[1]);
}

TEST_F(ProcessTest, ATimerThatIsCancelledReturnsAtOnce) {
  Process process(world, network, "a", "a");
  const auto timer = process.make_timer();
  TaskGroup tasks(process);
  tasks.spawn(wait(*timer, TimePoint() + seconds(5), story));
  asio::post(process.executor(), [&timer] { timer->cancel(); });
  process.run(tasks.join());
  EXPECT_EQ(story, std::vector<std::string>{"cancelled"});
  EXPECT_EQ(world.now(), TimePoint());
}

TEST_F(ProcessTest, WhoIsHandedOverToGoesOnInsideTheCall) {
  Process process(world, network, "a", "a");
  const auto timer = process.make_timer();
  TaskGroup tasks(process);
  tasks.spawn(wait(*timer, TimePoint() + seconds(5), story));
  asio::post(process.executor(), [&] {
    timer->hand_over();
    story.push_back("behind");
  });
  process.run(tasks.join());
  EXPECT_EQ(story, (std::vector<std::string>{"cancelled", "behind"}));
}

TEST_F(ProcessTest, EachIncarnationHasARandomStreamOfItsOwn) {
  std::vector<std::uint64_t> drawn;
  for (int i = 0; i < 2; ++i) {
    Process process(world, network, "a", "a");
    drawn.push_back(process.random().next());
  }
  EXPECT_NE(drawn[0], drawn[1]);
  World again(1);
  Network other(again);
  Process process(again, other, "a", "a");
  EXPECT_EQ(process.random().next(), drawn[0]);
}

// Counts its living instances, as everything that a frame holds.
struct Token {
  explicit Token(int& count) : count_(count) { ++count_; }
  Token(const Token&) = delete;
  ~Token() { --count_; }
  int& count_;
};

Awaitable<void> hold_for_ever(Runtime& runtime, int& tokens, std::vector<std::string>& story) {
  const Token token(tokens);
  Wakeup pause(runtime);
  co_await pause.wait();
  story.push_back("woken");
}

TEST_F(ProcessTest, AKilledProcessRunsNoMoreAndLeavesNothing) {
  int tokens = 0;
  auto process = std::make_unique<Process>(world, network, "a", "a");
  auto tasks = std::make_unique<TaskGroup>(*process);
  tasks->spawn(hold_for_ever(*process, tokens, story));
  tasks->spawn(sleep(*process, seconds(1), story, "slept"));
  world.run_until(TimePoint() + Duration(1));
  EXPECT_EQ(tokens, 1);
  tasks->spawn(hold_for_ever(*process, tokens, story));  // It has not begun when the end comes.
  process->kill(Death::kClosed);
  EXPECT_EQ(tokens, 0);
  tasks.reset();
  process.reset();
  world.run_until(TimePoint() + seconds(10));
  EXPECT_TRUE(story.empty());
}

// Owns its stream, so that the frame takes the stream with it.
Awaitable<void> read_for_ever(Runtime& runtime, std::vector<std::string>& story) {
  const Address address{"b", 9092};
  const auto stream = co_await runtime.connect(address, kNever);
  Buffer into(1);
  co_await stream.value()->read_some(into);
  story.push_back("read");
}

TEST_F(ProcessTest, AKilledProcessTakesItsStreamsWithIt) {
  Process server(world, network, "b", "b");
  const auto listener = server.listen({"b", 9092});
  Process process(world, network, "a", "a");
  TaskGroup tasks(process);
  for (int i = 0; i < 3; ++i) tasks.spawn(read_for_ever(process, story));
  world.run_until(TimePoint() + seconds(1));
  process.kill(Death::kClosed);
  for (int i = 0; i < 3; ++i) {
    const auto stream = server.run(listener.value()->accept());
    Buffer into(1);
    const auto got = server.run(stream.value()->read_some(into));
    EXPECT_EQ(got.error().text, "connection closed by the peer");
  }
  EXPECT_TRUE(story.empty());
}

// A client with connections whose first call is never answered.
struct Client {
  explicit Client(Process& process) : process_(process), tasks_(process) {}

  Awaitable<bool> start() {
    const Address address{"b", 9092};
    auto stream = co_await process_.connect(address, kNever);
    const auto connection = Connection::start(
        process_, slabs_, tasks_, {.peer = "peer", .client_id = "t"}, std::move(stream.value()));
    tasks_.spawn(negotiate(connection, ended));
    connections.push_back(connection);
    co_return true;
  }

  static Awaitable<void> negotiate(std::shared_ptr<Connection> connection, int& ended) {
    co_await connection->negotiate(kNever);
    ++ended;
  }

  // Which only frames keep.
  std::vector<std::weak_ptr<Connection>> connections;
  int ended = 0;

 private:
  Process& process_;
  SlabPool slabs_;
  TaskGroup tasks_;
};

TEST_F(ProcessTest, AProcessIsKilledWithCallsUnderWay) {
  Process server(world, network, "b", "b");
  auto listener = server.listen({"b", 9092});
  ASSERT_TRUE(listener);
  for (const Death how : {Death::kClosed, Death::kReset, Death::kSilent}) {
    auto process = std::make_unique<Process>(world, network, "a", "a");
    auto client = std::make_unique<Client>(*process);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(process->run(client->start()));
    world.run_until(world.now() + seconds(1));
    process->kill(how);
    EXPECT_EQ(client->ended, 0);
    for (const auto& connection : client->connections) EXPECT_TRUE(connection.expired());
    client.reset();
    process.reset();
  }
}

}  // namespace
}  // namespace kmirror::net::sim
