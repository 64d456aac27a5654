#include "net/sim/process.h"

#include <fmt/core.h>

#include <boost/asio/use_awaitable.hpp>

#include "net/sim/network.h"

namespace kmirror::net::sim {

namespace execution = asio::execution;

// What any_io_executor asks of an executor, and no more.
class Process::Executor {
 public:
  explicit Executor(Process& process) : process_(&process) {}

  bool operator==(const Executor&) const noexcept = default;

  World& query(execution::context_t) const noexcept { return process_->world_; }
  static constexpr execution::blocking_t query(execution::blocking_t) noexcept {
    return execution::blocking.never;
  }

  template <class Function>
  void execute(Function function) const {
    process_->post([function = std::move(function)](bool) mutable { std::move(function)(); });
  }

 private:
  Process* process_;
};

// Holds the coroutine that waits in it. That coroutine may own the timer: only kill() breaks the
// circle.
class Process::ProcessTimer final : public Timer, public Event, public TimerHook {
 public:
  explicit ProcessTimer(Process& process) : Event(Kind::kTimer, process.id_), process_(process) {}
  ~ProcessTimer() override { cancel(); }

  Awaitable<bool> wait_until(TimePoint when) override {
    auto start = [this, when](auto handler) {
      KM_CHECK(!handler_, "a timer has one waiter at a time");
      // Assigning one calls itself for ever in Boost 1.81.
      Handler(std::move(handler)).swap(handler_);
      TimerHook::unlink();  // The newest waits are the last, whenever their timers were made.
      process_.timers_.push_back(*this);
      process_.world_.schedule(*this, when);
    };
    auto operation =
        asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(start, asio::use_awaitable);
    const bool fired = co_await std::move(operation);
    co_return fired;
  }

  void cancel() override {
    if (!handler_) return;
    unschedule();
    process_.post(std::move(handler_));
  }

  void hand_over() override {
    if (!handler_) return;
    unschedule();
    Handler handler = std::move(handler_);
    std::move(handler)(false);
  }

  // Destroys the coroutine that waits, and the timer with it if it is the coroutine's.
  void discard() { const Handler dropped = std::move(handler_); }

 private:
  void happen() override {
    Handler handler = std::move(handler_);
    std::move(handler)(true);
  }

  Process& process_;
  Handler handler_;
};

Process::Process(World& world, Network& network, std::string name, std::string ip)
    : world_(world),
      network_(network),
      name_(std::move(name)),
      ip_(std::move(ip)),
      id_(world.next_process_id()),
      random_(world.random(fmt::format("{}#{}", name_, world.next_incarnation(name_)))) {
  network_.bring_up(ip_);
}

Process::~Process() {
  kill(Death::kClosed);
}

void Process::kill(Death how) {
  if (!alive_) return;
  KM_CHECK(!world_.is_running(id_), "a process is killed from outside");
  network_.cut(*this, how);  // What it wakes is in the queue, and goes with it.
  alive_ = false;
  turn_.unschedule();
  // Frames own timers and handlers, so that either list may change with each one that goes. The
  // newest go first, because tasks refer to what those that spawned them own.
  while (!ready_.empty() || !timers_.empty()) {
    if (!ready_.empty()) {
      const Handler dropped = std::move(ready_.back());
      ready_.pop_back();
      continue;
    }
    ProcessTimer& timer = timers_.back();
    timers_.pop_back();
    timer.unschedule();
    timer.discard();
  }
}

void Process::post(Handler handler) {
  if (!alive_) return;  // Which destroys the coroutine that it would resume.
  ready_.push_back(std::move(handler));
  if (!turn_.is_scheduled()) world_.schedule(turn_, world_.now());
}

void Process::take_turn() {
  Handler handler = std::move(ready_.front());
  ready_.pop_front();
  if (!ready_.empty()) world_.schedule(turn_, world_.now());
  std::move(handler)(false);
}

asio::any_io_executor Process::executor() {
  return Executor(*this);
}

std::unique_ptr<Timer> Process::make_timer() {
  auto timer = std::make_unique<ProcessTimer>(*this);
  if (alive_) timers_.push_back(*timer);
  return timer;
}

Awaitable<Result<std::vector<Address>>> Process::resolve(std::string host, std::uint16_t port) {
  return network_.resolve(*this, std::move(host), port);
}

Awaitable<Result<std::unique_ptr<Stream>>> Process::connect(Address address, TimePoint deadline) {
  return network_.connect(*this, std::move(address), deadline);
}

Result<std::unique_ptr<Listener>> Process::listen(Address address) {
  return network_.listen(*this, std::move(address));
}

}  // namespace kmirror::net::sim
