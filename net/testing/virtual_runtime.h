// For tests: a Runtime in virtual time. Nothing sleeps: once all is quiet, time jumps to the next
// timer. The network is a table of listeners. One thread, one object a test.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "net/runtime.h"

namespace kmirror::net {

class VirtualRuntime : public Runtime {
 public:
  using Listener = std::function<Result<std::unique_ptr<Stream>>()>;

  // Who answers at an address; connections to any other are refused.
  std::map<std::pair<std::string, std::uint16_t>, Listener> listeners;
  // Names that mean several addresses, or none; any other means itself.
  std::map<std::string, std::vector<std::string>> hosts;
  std::vector<std::string> lines;  // of the log

  // Runs a coroutine to its end. Others that were spawned go on meanwhile.
  template <class T>
  T run(Awaitable<T> task) {
    std::optional<T> result;
    asio::co_spawn(context_, std::move(task), [&result](std::exception_ptr thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      result.emplace(std::move(value));
    });
    while (!result) step();
    return std::move(*result);
  }
  void run(Awaitable<void> task) { run(with_value(std::move(task))); }

  asio::any_io_executor executor() override { return context_.get_executor(); }
  TimePoint now() const override { return now_; }
  std::int64_t wall_clock_ms() const override {
    return now_.time_since_epoch().count() / 1'000'000;
  }
  std::unique_ptr<Timer> make_timer() override { return std::make_unique<VirtualTimer>(*this); }
  Random& random() override { return random_; }
  void log(LogLevel, std::string_view line) override { lines.emplace_back(line); }

  Awaitable<Result<std::vector<Address>>> resolve(std::string host, std::uint16_t port) override {
    std::vector<Address> addresses;
    const auto several = hosts.find(host);
    if (several == hosts.end()) {
      addresses.push_back({host, port});
    } else {
      for (const std::string& ip : several->second) addresses.push_back({ip, port});
    }
    if (addresses.empty()) {
      co_return Failure{.kind = FailureKind::kSystem, .text = "cannot resolve " + host};
    }
    co_return addresses;
  }

  Awaitable<Result<std::unique_ptr<Stream>>> connect(Address address, TimePoint) override {
    const auto listener = listeners.find({address.ip, address.port});
    if (listener != listeners.end()) co_return listener->second();
    co_return Failure{.kind = FailureKind::kSystem, .text = "connection refused"};
  }

  Result<std::unique_ptr<net::Listener>> listen(Address) override {
    return Failure{.kind = FailureKind::kSystem, .text = "who listens stands in `listeners`"};
  }

 private:
  using Handler = asio::any_completion_handler<void(bool)>;
  using TimerKey = std::pair<TimePoint, std::uint64_t>;  // the time, then the order of waiting

  class VirtualTimer final : public Timer {
   public:
    explicit VirtualTimer(VirtualRuntime& runtime) : runtime_(runtime) {}
    ~VirtualTimer() override { cancel(); }

    Awaitable<bool> wait_until(TimePoint when) override {
      auto start = [this, when](auto handler) {
        key_ = {when, runtime_.waits_++};
        runtime_.timers_.emplace(key_, std::move(handler));
      };
      auto operation = asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
          start, asio::use_awaitable);
      const bool fired = co_await std::move(operation);
      co_return fired;
    }

    void cancel() override {
      auto waiting = runtime_.timers_.extract(key_);
      if (waiting.empty()) return;
      asio::post(runtime_.context_,
                 [handler = std::move(waiting.mapped())]() mutable { std::move(handler)(false); });
    }

   private:
    VirtualRuntime& runtime_;
    TimerKey key_{kNever, ~std::uint64_t{0}};
  };

  static Awaitable<bool> with_value(Awaitable<void> task) {
    co_await std::move(task);
    co_return true;
  }

  void step() {
    context_.restart();
    if (context_.poll() > 0) return;
    KM_CHECK(!timers_.empty() && timers_.begin()->first.first != kNever,
             "a test does not wait for what nobody will do");
    auto next = timers_.extract(timers_.begin());
    now_ = std::max(now_, next.key().first);
    std::move(next.mapped())(true);
  }

  asio::io_context context_;
  TimePoint now_{};
  Random random_{1};
  std::map<TimerKey, Handler> timers_;
  std::uint64_t waits_ = 0;
};

}  // namespace kmirror::net
