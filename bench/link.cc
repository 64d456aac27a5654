// A long or narrow line: relays TCP connections, delays each direction by half the round trip, and
// lets so many bytes a second through in each direction, of all connections together. Each holds as
// much as is on its way, so that no window but the clients' own requests is the limit. Runs until
// it is killed.
#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "app/console/console_flags.h"
#include "app/flags.h"
#include "app/seed.h"
#include "base/bytes.h"
#include "net/asio/asio_runtime.h"
#include "net/host_port.h"
#include "net/task_group.h"
#include "net/wakeup.h"

namespace kmirror::bench {
namespace {

using net::Awaitable;
using net::Stream;

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::size_t kSpareBytes = 1 << 20;  // what a sender may have ready besides
constexpr auto kConnectTime = std::chrono::seconds(10);

// One direction of all connections.
class Line {
 public:
  Line(net::Runtime& runtime, Duration delay, std::int64_t bytes_a_second)
      : runtime_(runtime), delay_(delay), bytes_a_second_(bytes_a_second) {}

  // When bytes that are put on it now come out.
  TimePoint carry(std::size_t bytes) {
    const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_a_second_);
    free_at_ = std::max(free_at_, runtime_.now()) +
               std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
    return free_at_ + delay_;
  }

  std::size_t holds_bytes() const {
    const double seconds = std::chrono::duration<double>(delay_).count();
    return kSpareBytes + static_cast<std::size_t>(seconds * static_cast<double>(bytes_a_second_));
  }

 private:
  net::Runtime& runtime_;
  Duration delay_;
  std::int64_t bytes_a_second_;
  TimePoint free_at_;
};

// One direction of one connection.
struct Pipe {
  Pipe(net::Runtime& runtime, Line& line) : line(line), filled(runtime), drained(runtime) {}

  struct Chunk {
    Buffer bytes;
    TimePoint due;
  };

  Line& line;
  std::deque<Chunk> chunks;
  std::size_t queued_bytes = 0;
  bool ended = false;
  net::Wakeup filled;
  net::Wakeup drained;
};

struct Connection {
  Connection(net::Runtime& runtime, Line& there, Line& back)
      : runtime(runtime), request(runtime, there), response(runtime, back) {}

  net::Runtime& runtime;
  std::unique_ptr<Stream> client;
  std::unique_ptr<Stream> server;
  Pipe request;
  Pipe response;
};

using ConnectionPtr = std::shared_ptr<Connection>;

Awaitable<void> read_loop([[maybe_unused]] ConnectionPtr owner, Stream& from, Pipe& pipe) {
  std::vector<std::uint8_t> buffer(kReadBytes);
  for (;;) {
    while (pipe.queued_bytes > pipe.line.holds_bytes()) co_await pipe.drained.wait();
    const net::Result<std::size_t> got = co_await from.read_some(buffer);
    if (!got) break;
    const auto size = static_cast<std::ptrdiff_t>(got.value());
    pipe.chunks.push_back(
        {Buffer(buffer.begin(), buffer.begin() + size), pipe.line.carry(got.value())});
    pipe.queued_bytes += got.value();
    pipe.filled.notify();
  }
  pipe.ended = true;
  pipe.filled.notify();
}

Awaitable<bool> write_all(Stream& to, ConstBytes bytes) {
  while (!bytes.empty()) {
    const ConstBytes pieces[] = {bytes};
    const net::Result<std::size_t> wrote = co_await to.write_some(pieces);
    if (!wrote) co_return false;
    bytes = bytes.subspan(wrote.value());
  }
  co_return true;
}

// Closes the connection at both ends when nothing more can come.
Awaitable<void> write_loop(ConnectionPtr owner, Stream& to, Pipe& pipe) {
  const std::unique_ptr<net::Timer> timer = owner->runtime.make_timer();
  for (bool open = true; open;) {
    while (pipe.chunks.empty() && !pipe.ended) co_await pipe.filled.wait();
    if (pipe.chunks.empty()) break;
    const Pipe::Chunk chunk = std::move(pipe.chunks.front());
    pipe.chunks.pop_front();
    if (chunk.due > owner->runtime.now()) co_await timer->wait_until(chunk.due);
    open = co_await write_all(to, chunk.bytes);
    pipe.queued_bytes -= chunk.bytes.size();
    pipe.drained.notify();
  }
  owner->client->close();
  owner->server->close();
}

struct Settings {
  std::int64_t listen = 0;
  net::HostPort to;
  Duration delay{};
  std::int64_t bytes_a_second = 0;
};

class Link {
 public:
  Link(net::Runtime& runtime, Settings settings)
      : runtime_(runtime),
        settings_(std::move(settings)),
        tasks_(runtime),
        there_(runtime, settings_.delay, settings_.bytes_a_second),
        back_(runtime, settings_.delay, settings_.bytes_a_second) {}

  // Returns when it can no longer listen.
  Awaitable<void> run();

 private:
  Awaitable<void> serve(std::unique_ptr<Stream> client);

  net::Runtime& runtime_;
  Settings settings_;
  net::TaskGroup tasks_;
  Line there_;
  Line back_;
};

Awaitable<void> Link::run() {
  auto listener =
      runtime_.listen({.ip = "127.0.0.1", .port = static_cast<std::uint16_t>(settings_.listen)});
  if (!listener) {
    app::print_error(listener.error().text);
    co_return;
  }
  fmt::print("listening on port {}\n", listener.value()->address().port);
  std::fflush(stdout);
  for (;;) {
    net::Result<std::unique_ptr<Stream>> client = co_await listener.value()->accept();
    if (!client) break;
    tasks_.spawn(serve(std::move(client.value())));
  }
  co_await tasks_.join();
}

Awaitable<void> Link::serve(std::unique_ptr<Stream> client) {
  auto connection = std::make_shared<Connection>(runtime_, there_, back_);
  connection->client = std::move(client);
  const net::Address address{.ip = settings_.to.host, .port = settings_.to.port};
  auto server = co_await runtime_.connect(address, runtime_.now() + kConnectTime);
  if (!server) {
    app::print_error(server.error().text);
    co_return;
  }
  connection->server = std::move(server.value());
  tasks_.spawn(read_loop(connection, *connection->client, connection->request));
  tasks_.spawn(read_loop(connection, *connection->server, connection->response));
  tasks_.spawn(write_loop(connection, *connection->server, connection->request));
  tasks_.spawn(write_loop(connection, *connection->client, connection->response));
}

int run(int argc, char** argv) {
  Settings settings;
  std::string to;
  std::int64_t round_trip_ms = 0;
  std::int64_t bytes_a_second = 0;
  app::Flags flags("A long or narrow line between TCP clients and a server.", "link");
  flags.add("--listen", settings.listen, "port on 127.0.0.1; 0: any that is free").shows_default();
  flags.add("--to", to, "host:port of the server, numeric").required();
  flags.add("--round-trip-ms", round_trip_ms, "of the line").shows_default();
  flags.add("--bytes-a-second", bytes_a_second, "each way").at_least(1).required();
  if (const app::Exit exit = flags.parse(argc, argv)) return *exit;
  const auto server = net::parse_host_port(to);
  if (!server) {
    app::print_error(fmt::format("--to: `{}` is not of the form host:port", to));
    return app::kExitError;
  }
  settings.to = *server;
  settings.delay = std::chrono::microseconds(round_trip_ms * 1000 / 2);
  settings.bytes_a_second = bytes_a_second;
  net::AsioRuntime runtime(app::random_seed(),
                           [](net::LogLevel, std::string_view line) { app::print_error(line); });
  Link link(runtime, settings);
  net::asio::co_spawn(runtime.executor(), link.run(), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  runtime.run();
  return app::kExitError;
}

}  // namespace
}  // namespace kmirror::bench

int main(int argc, char** argv) {
  return kmirror::bench::run(argc, argv);
}
