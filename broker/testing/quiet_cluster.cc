#include "broker/testing/quiet_cluster.h"

#include "protocol/wire/archive.h"

namespace kmirror::broker {

QuietCluster::QuietCluster(int nodes, Release release) {
  ClusterSettings settings{.nodes = {}, .release = release};
  for (int id = 1; id <= nodes; ++id) settings.nodes.push_back({.id = id, .runtime = &runtime});
  start(std::move(settings));
}

void QuietCluster::start(ClusterSettings settings) {
  if (cluster) stop();
  cluster = std::make_unique<Cluster>(std::move(settings));
  EXPECT_TRUE(cluster->start());
}

QuietCluster::~QuietCluster() {
  stop();
}

void QuietCluster::pass(Duration time) {
  runtime.run(wait_until(runtime, runtime.now() + time));
}

void QuietCluster::settle() {
  pass(Duration(1));
}

void QuietCluster::stop() {
  runtime.run(cluster->stop());
  runtime.run(tasks_.join());
}

net::Awaitable<void> QuietCluster::wait_until(net::Runtime& runtime, TimePoint until) {
  const std::unique_ptr<net::Timer> timer = runtime.make_timer();
  co_await timer->wait_until(until);
}

net::Awaitable<void> QuietCluster::work_on(std::shared_ptr<void>, AskedParts parts) {
  const ApiEntry& entry = *find_api(parts.api_key);
  if (entry.run != nullptr) {
    entry.run(parts.call, parts.request, parts.response);
  } else {
    co_await entry.run_waiting(parts.call, parts.request, parts.response);
  }
  parts.is_answered = true;
  protocol::GatherBuffer bytes;
  const auto error =
      entry.response->encode(parts.response, parts.call.version, protocol::NoPrefix(), bytes);
  EXPECT_FALSE(error) << error.to_string();
}

}  // namespace kmirror::broker
