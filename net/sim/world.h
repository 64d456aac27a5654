// The time of a simulation and the order in which things happen in it: a queue of events, ordered
// by time, then by a random number, then by age. step() runs the first one; time moves only when
// nothing is left to do at the present moment. The same seed gives the same run, which the trace
// hash tells.
//
// It is also the execution context of the coroutines that run in it; there is no other. Owned by
// the test, outlives every Process and Network in it. One thread.
#pragma once

#include <boost/asio/execution_context.hpp>
#include <boost/intrusive/set.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/time.h"
#include "net/runtime.h"

namespace kmirror::net::sim {

class World;

// Something that happens at a point in time, once for each time that it is scheduled. Embedded in
// whatever it happens to, and taken out of the queue when that goes.
class Event : public boost::intrusive::set_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  enum class Kind : std::uint8_t { kTurn, kTimer, kArrival, kAcknowledgement };

  // `owner` is the id of the process whose code runs, 0 for the network.
  Event(Kind kind, std::uint32_t owner) : kind_(kind), owner_(owner) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_scheduled() const { return is_linked(); }
  void unschedule() { unlink(); }

  friend bool operator<(const Event& a, const Event& b) {
    if (a.when_ != b.when_) return a.when_ < b.when_;
    return a.tie_ != b.tie_ ? a.tie_ < b.tie_ : a.age_ < b.age_;
  }

 protected:
  ~Event() = default;

 private:
  friend class World;

  virtual void happen() = 0;

  TimePoint when_{};
  std::uint64_t tie_ = 0;
  std::uint64_t age_ = 0;
  Kind kind_;
  std::uint32_t owner_;
};

class World final : public asio::execution_context {
 public:
  // Sees each line that is logged: when, by which process.
  using LogSink =
      std::function<void(TimePoint, std::string_view process, LogLevel, std::string_view line)>;

  explicit World(std::uint64_t seed) : random_(seed), ties_(random_.split("ties")) {}

  LogSink log_sink;

  // Answers Runtime::buggify() for all processes; nobody: no.
  std::function<bool(std::string_view point)> buggify;

  TimePoint now() const { return now_; }
  std::int64_t wall_clock_ms() const;

  // What the wall clock shows at the beginning of time; moving it makes the clock jump.
  std::int64_t wall_clock_start_ms = 1'700'000'000'000;

  // A random stream of its own; the same label always gives the same one.
  Random random(std::string_view label) const { return random_.split(label); }

  // Puts an event into the queue, at `when` or now if that is past; one that is there is moved.
  void schedule(Event& event, TimePoint when);

  // Runs the next event. False if there is none.
  bool step();

  // Runs all events up to `when`, which it is afterwards.
  void run_until(TimePoint when);

  // Runs events until a condition holds, which is looked at after each. False if `limit` comes
  // first, or if nothing is left that could happen.
  template <class Condition>
  bool run_until(Condition condition, TimePoint limit) {
    while (!condition()) {
      if (next_time() > limit || !step()) return false;
    }
    return true;
  }

  // When the next event happens; kNever if there is none.
  TimePoint next_time() const { return events_.empty() ? kNever : events_.begin()->when_; }

  // Whether code of that process is what runs just now.
  bool is_running(std::uint32_t owner) const { return running_ == owner; }

  // Folds something into the trace, which has the time, kind and owner of each event already.
  void note(std::uint64_t value);
  void note(std::string_view text);
  std::uint64_t trace_hash() const { return trace_; }
  std::uint64_t steps() const { return steps_; }

  // For Process: its id, and how many of that name there have been, itself included.
  std::uint32_t next_process_id() { return ++processes_; }
  int next_incarnation(const std::string& name) { return ++incarnations_[name]; }

  void log(std::string_view process, LogLevel level, std::string_view line);

 private:
  using Queue = boost::intrusive::set<Event, boost::intrusive::constant_time_size<false>>;

  Random random_;
  Random ties_;
  Queue events_;
  TimePoint now_{};
  std::uint64_t age_ = 0;
  std::uint64_t trace_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t steps_at_once_ = 0;
  std::uint32_t running_ = ~0u;
  std::uint32_t processes_ = 0;
  std::map<std::string, int> incarnations_;
};

}  // namespace kmirror::net::sim
