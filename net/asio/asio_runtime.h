// The Runtime of production: one io_context, real sockets, the steady clock. One object a shard;
// run() is called by one thread and does all the shard's work. stop() may be called from any
// thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>

#include "net/runtime.h"

namespace kmirror::net {

class AsioRuntime final : public Runtime {
 public:
  // Where log lines go; called on the shard's thread, so it must be safe for as many as there are.
  using LogSink = std::function<void(LogLevel, std::string_view)>;

  AsioRuntime(std::uint64_t seed, LogSink sink);

  // Runs until stop(), or until there is nothing left to do.
  void run();
  void stop();

  asio::any_io_executor executor() override;
  TimePoint now() const override;
  std::int64_t wall_clock_ms() const override;
  std::unique_ptr<Timer> make_timer() override;
  Awaitable<Result<std::vector<Address>>> resolve(std::string host, std::uint16_t port) override;
  Awaitable<Result<std::unique_ptr<Stream>>> connect(Address address, TimePoint deadline) override;
  Result<std::unique_ptr<Listener>> listen(Address address) override;
  Random& random() override;
  void log(LogLevel level, std::string_view line) override;

 private:
  asio::io_context context_{1};
  Random random_;
  LogSink sink_;
};

}  // namespace kmirror::net
