#include "app/broker/broker_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "app/broker/cluster_flags.h"
#include "app/log.h"
#include "app/seed.h"
#include "broker/cluster.h"
#include "broker/refuse.h"
#include "net/asio/asio_runtime.h"

namespace kmirror::app {

namespace {

broker::ClusterSettings settings_of(const ClusterFlags& flags, net::Runtime& runtime) {
  broker::ClusterSettings settings{.nodes = {}, .release = flags.release};
  // A mirror takes clusters with one id for the same cluster.
  settings.cluster_id = fmt::format("kmirror-{:016x}", random_seed());
  for (int i = 0; i < flags.nodes; ++i) {
    const int port = flags.port == 0 ? 0 : flags.port + i;
    broker::NodeSettings node;
    node.id = i + 1;
    node.runtime = &runtime;
    node.listen = {flags.host, static_cast<std::uint16_t>(port)};
    settings.nodes.push_back(std::move(node));
  }
  settings.default_replication_factor = static_cast<std::int16_t>(std::min(flags.nodes, 3));
  return settings;
}

void inject(broker::Cluster& cluster, const FaultFlag& fault) {
  Random random = cluster.random().split(fmt::format("fault {}", fault.api_key));
  cluster.on_any(fault.api_key, [fault, random](broker::CallContext& call, const void* request,
                                                void* response) mutable {
    if (random.unit() * 100 >= fault.percent) return broker::HookAction::kPass;
    if (!fault.error) return broker::HookAction::kClose;
    broker::refuse(fault.api_key, call, *fault.error, request, response);
    return broker::HookAction::kAnswer;
  });
}

}  // namespace

int run_broker_command(int argc, char** argv) {
  ClusterFlags flags;
  if (const Exit exit = parse_cluster_flags(argc, argv, flags)) return *exit;
  net::AsioRuntime runtime(random_seed(), make_log_sink());
  broker::Cluster cluster(settings_of(flags, runtime));
  for (const TopicFlag& topic : flags.topics) {
    cluster.create_topic(topic.name,
                         {.partitions = topic.partitions,
                          .replication_factor = cluster.settings().default_replication_factor,
                          .config = {},
                          .assignment = {}});
  }
  for (const FaultFlag& fault : flags.faults) inject(cluster, fault);
  const net::Result<void> started = cluster.start();
  if (!started) {
    print_error(started.error().text);
    return kExitError;
  }
  fmt::print("bootstrap servers: {}\n", cluster.bootstrap_servers());
  std::fflush(stdout);
  net::asio::signal_set signals(runtime.executor(), SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int) {
    net::asio::co_spawn(runtime.executor(), cluster.stop(), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  });
  runtime.run();
  return kExitOk;
}

}  // namespace kmirror::app
