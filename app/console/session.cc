#include "app/console/session.h"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>

#include "app/console/console_flags.h"
#include "app/seed.h"
#include "net/asio/asio_runtime.h"
#include "net/zookeeper/discovery.h"

namespace kmirror::app {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kStartTime{10};
constexpr milliseconds kZookeeperTime{6000};  // zookeeper.connection.timeout.ms

net::ClusterSettings cluster_settings(const SessionSettings& settings) {
  return {.name = "Kafka",
          .bootstrap = settings.bootstrap,
          .client_id = settings.client_id,
          .request_timeout = seconds(30),
          .connect_timeout = seconds(10),
          .metadata_max_age = seconds(300),
          .back_off_first = milliseconds(100),
          .back_off_longest = seconds(1)};
}

net::Awaitable<int> run_on(net::Cluster& cluster, const Command& command) {
  int exit_code = kExitError;
  const TimePoint deadline = cluster.runtime().now() + kStartTime;
  const net::Result<void> started = co_await cluster.start(deadline);
  if (started) {
    net::Awaitable<int> work = command(cluster);
    const int code = co_await std::move(work);
    exit_code = code;
  } else {
    print_error(started.error().text);
  }
  co_await cluster.stop();
  co_return exit_code;
}

net::Awaitable<int> run_command(net::Runtime& runtime, SessionSettings settings,
                                const Command& command) {
  if (settings.zookeeper) {
    const auto found = co_await net::find_cluster(runtime, *settings.zookeeper, kZookeeperTime);
    if (!found) {
      print_error(found.error().text);
      co_return kExitError;
    }
    settings.bootstrap = found.value().brokers;
  }
  net::Cluster cluster(runtime, cluster_settings(settings));
  const int exit_code = co_await run_on(cluster, command);
  co_return exit_code;
}

}  // namespace

int run_session(const SessionSettings& settings, const Command& command) {
  net::AsioRuntime runtime(random_seed(), [](net::LogLevel level, std::string_view line) {
    if (level >= net::LogLevel::kWarning) print_error(line);
  });
  int exit_code = kExitError;
  boost::asio::co_spawn(runtime.executor(), run_command(runtime, settings, command),
                        [&exit_code](std::exception_ptr thrown, int code) {
                          if (thrown) std::rethrow_exception(thrown);
                          exit_code = code;
                        });
  runtime.run();
  return exit_code;
}

}  // namespace kmirror::app
