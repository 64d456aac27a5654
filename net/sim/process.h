// One simulated process: a shard of a mirror, a broker, a client. It is a Runtime on a host of the
// Network. What is posted to it runs in order, as on an io_context; between processes, and where
// timers are due at once, the order is the World's.
//
// kill() ends it as a crash does: none of its code runs any more. All of its coroutines wait in its
// timers and its queue, and their frames are destroyed there. Its objects are the owner's to
// destroy afterwards, and the Process after them.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/execution.hpp>
#include <boost/intrusive/list.hpp>
#include <deque>
#include <exception>
#include <optional>
#include <utility>

#include "base/check.h"
#include "net/sim/world.h"

namespace kmirror::net::sim {

class Network;

// What peers see of a process that is killed.
enum class Death {
  kClosed,  // its system closes the connections: what was written still arrives
  kReset,   // they are reset: what was not read yet may be lost
  kSilent,  // nothing, until another process begins on the host
};

class Process : public Runtime {
 public:
  // Its random stream is the World's, split by the name and by how many there were of that name.
  Process(World& world, Network& network, std::string name, std::string ip);
  ~Process() override;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Not to be called by its own code.
  void kill(Death how);

  bool is_alive() const { return alive_; }
  const std::string& name() const { return name_; }
  const std::string& ip() const { return ip_; }
  World& world() { return world_; }

  // Runs the world until a task of this process has ended; for tests.
  template <class T>
  T run(Awaitable<T> task) {
    std::optional<T> result;
    asio::co_spawn(executor(), std::move(task), [&result](std::exception_ptr thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      result.emplace(std::move(value));
    });
    const bool ended = world_.run_until([&result] { return result.has_value(); }, kNever);
    KM_CHECK(ended, "a test does not wait for what nobody will do");
    return std::move(*result);
  }
  void run(Awaitable<void> task) { run(with_value(std::move(task))); }

  asio::any_io_executor executor() override;
  TimePoint now() const override { return world_.now(); }
  std::int64_t wall_clock_ms() const override { return world_.wall_clock_ms(); }
  std::unique_ptr<Timer> make_timer() override;
  Awaitable<Result<std::vector<Address>>> resolve(std::string host, std::uint16_t port) override;
  Awaitable<Result<std::unique_ptr<Stream>>> connect(Address address, TimePoint deadline) override;
  Result<std::unique_ptr<Listener>> listen(Address address) override;
  Random& random() override { return random_; }
  bool buggify(std::string_view point) override { return world_.buggify && world_.buggify(point); }
  bool poisons() const override { return true; }
  void log(LogLevel level, std::string_view line) override { world_.log(name_, level, line); }

 private:
  using Handler = asio::any_completion_handler<void(bool)>;
  using TimerHook =
      boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

  class Executor;
  class ProcessTimer;

  class Turn final : public Event {
   public:
    explicit Turn(Process& process) : Event(Kind::kTurn, process.id_), process_(process) {}

   private:
    void happen() override { process_.take_turn(); }

    Process& process_;
  };

  static Awaitable<bool> with_value(Awaitable<void> task) {
    co_await std::move(task);
    co_return true;
  }

  // The handler is called with false when its turn comes.
  void post(Handler handler);
  void take_turn();

  World& world_;
  Network& network_;
  const std::string name_;
  const std::string ip_;
  const std::uint32_t id_;
  bool alive_ = true;
  Random random_;
  std::deque<Handler> ready_;
  Turn turn_{*this};  // scheduled while something is ready
  boost::intrusive::list<ProcessTimer, boost::intrusive::base_hook<TimerHook>,
                         boost::intrusive::constant_time_size<false>>
      timers_;
};

}  // namespace kmirror::net::sim
