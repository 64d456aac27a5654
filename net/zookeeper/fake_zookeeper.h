// For tests: a Runtime in virtual time whose network is one host, "zk", with a scripted ZooKeeper
// behind each of its ports. Nothing sleeps: time jumps to the next timer once all else is quiet.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/runtime.h"
#include "net/wakeup.h"

namespace kmirror::net {

// What one server does with its connections.
struct FakeServer {
  std::map<std::string, std::string> nodes;  // path to data; parents exist by implication
  std::string forbidden;                     // the path it answers with NoAuth
  std::int32_t session_timeout_ms = 6000;    // 0: refuses
  std::size_t piece_bytes = 1'000'000;       // most it takes or gives at once
  bool accepts = true;
  bool answers = true;             // else it takes requests in silence
  std::size_t hangs_up_after = 0;  // after so many bytes sent; 0: never
  bool interrupts = false;         // sends watch events, pings and the like in between
  std::int32_t xid_shift = 0;      // added to the xid of each answer
  Buffer says_first;               // instead of its first answer

  int connections = 0;
  int closed_sessions = 0;
};

class FakeRuntime final : public Runtime {
 public:
  std::map<std::uint16_t, FakeServer> servers;  // by port
  std::vector<std::string> lines;

  // Runs a coroutine to its end, all its timers included.
  void run(Awaitable<void> task);

  asio::any_io_executor executor() override { return context_.get_executor(); }
  TimePoint now() const override { return now_; }
  std::int64_t wall_clock_ms() const override { return 0; }
  std::unique_ptr<Timer> make_timer() override;
  Awaitable<Result<std::vector<Address>>> resolve(std::string host, std::uint16_t port) override;
  Awaitable<Result<std::unique_ptr<Stream>>> connect(Address address, TimePoint deadline) override;
  Random& random() override { return random_; }
  void log(LogLevel, std::string_view line) override { lines.emplace_back(line); }

 private:
  friend class FakeTimer;
  using Handler = asio::any_completion_handler<void(bool)>;

  asio::io_context context_;
  TimePoint now_{};
  Random random_{1};
  std::map<std::pair<TimePoint, int>, Handler> timers_;  // by time, then by order of waiting
  int next_wait_ = 0;
};

}  // namespace kmirror::net
