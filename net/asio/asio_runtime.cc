#include "net/asio/asio_runtime.h"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "net/asio/tcp_listener.h"
#include "net/asio/tcp_stream.h"

namespace kmirror::net {

namespace {

using asio::ip::tcp;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

class AsioTimer final : public Timer {
 public:
  explicit AsioTimer(asio::io_context& context) : timer_(context) {}

  Awaitable<bool> wait_until(TimePoint when) override {
    if (when == kNever) {
      auto start = [this](auto handler) { Handler(std::move(handler)).swap(parked_); };
      auto operation =
          asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
      co_await std::move(operation);
      co_return false;
    }
    timer_.expires_at(when);
    const auto [error] = co_await timer_.async_wait(kAsTuple);
    co_return !error;
  }

  void cancel() override {
    if (parked_) {
      asio::post(timer_.get_executor(), std::move(parked_));
    } else {
      timer_.cancel();
    }
  }

  void hand_over() override {
    if (!parked_) {
      timer_.cancel();
      return;
    }
    Handler handler = std::move(parked_);
    std::move(handler)();
  }

 private:
  using Handler = asio::any_completion_handler<void()>;

  asio::steady_timer timer_;
  Handler parked_;  // of who waits for no time at all, which costs the system's timers nothing
};

Failure system_failure(std::string what, const boost::system::error_code& error) {
  return {.kind = FailureKind::kSystem, .text = what + ": " + error.message()};
}

}  // namespace

AsioRuntime::AsioRuntime(std::uint64_t seed, LogSink sink)
    : random_(seed), sink_(std::move(sink)) {}

void AsioRuntime::run() {
  context_.run();
}

void AsioRuntime::stop() {
  context_.stop();
}

asio::any_io_executor AsioRuntime::executor() {
  return context_.get_executor();
}

TimePoint AsioRuntime::now() const {
  return std::chrono::steady_clock::now();
}

std::int64_t AsioRuntime::wall_clock_ms() const {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

std::unique_ptr<Timer> AsioRuntime::make_timer() {
  return std::make_unique<AsioTimer>(context_);
}

Awaitable<Result<std::vector<Address>>> AsioRuntime::resolve(std::string host, std::uint16_t port) {
  tcp::resolver resolver(context_);
  const std::string service = std::to_string(port);
  const auto [error, entries] = co_await resolver.async_resolve(host, service, kAsTuple);
  if (error) co_return system_failure("cannot resolve " + host, error);
  std::vector<Address> addresses;
  for (const auto& entry : entries) {
    addresses.push_back({entry.endpoint().address().to_string(), port});
  }
  co_return addresses;
}

Awaitable<Result<std::unique_ptr<Stream>>> AsioRuntime::connect(Address address,
                                                                TimePoint deadline) {
  // The deadline's handler may already be on its way when the connect ends, so it shares the state.
  struct Attempt {
    explicit Attempt(asio::io_context& context) : socket(context), timer(context) {}
    tcp::socket socket;
    asio::steady_timer timer;
    bool late = false;
  };
  auto attempt = std::make_shared<Attempt>(context_);
  attempt->timer.expires_at(deadline);
  attempt->timer.async_wait([attempt](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    attempt->late = true;
    boost::system::error_code ignored;  // Closing ends the connect, which reports the failure.
    attempt->socket.close(ignored);
  });
  const tcp::endpoint endpoint(asio::ip::make_address(address.ip), address.port);
  const auto [error] = co_await attempt->socket.async_connect(endpoint, kAsTuple);
  attempt->timer.cancel();
  if (attempt->late) {
    co_return Failure{.kind = FailureKind::kTimeout, .text = "no connection in time"};
  }
  if (error) co_return system_failure("cannot connect", error);
  co_return make_tcp_stream(std::move(attempt->socket));
}

Result<std::unique_ptr<Listener>> AsioRuntime::listen(Address address) {
  return listen_on_tcp(context_.get_executor(), address);
}

Random& AsioRuntime::random() {
  return random_;
}

void AsioRuntime::log(LogLevel level, std::string_view line) {
  sink_(level, line);
}

}  // namespace kmirror::net
