#include "app/demo/embedded.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "app/log.h"
#include "app/seed.h"

namespace kmirror::app {

namespace {

broker::ClusterSettings settings_of(std::string name, int nodes, net::Runtime& runtime) {
  broker::ClusterSettings settings;
  settings.cluster_id = std::move(name);
  for (int i = 0; i < nodes; ++i) {
    broker::NodeSettings node;
    node.id = i + 1;
    node.runtime = &runtime;
    settings.nodes.push_back(std::move(node));
  }
  return settings;
}

}  // namespace

Embedded::Embedded(std::string name, int nodes,
                   const std::function<void(broker::Cluster&)>& prepare)
    : runtime_(random_seed(), make_log_sink()),
      cluster_(settings_of(std::move(name), nodes, runtime_)) {
  prepare(cluster_);
  const net::Result<void> started = cluster_.start();
  if (!started) problem_ = started.error().text;
  bootstrap_servers_ = cluster_.bootstrap_servers();
  thread_ = std::thread([this] { runtime_.run(); });
}

Embedded::~Embedded() {
  net::asio::post(runtime_.executor(), [this] {
    net::asio::co_spawn(runtime_.executor(), cluster_.stop(), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  });
  thread_.join();
}

}  // namespace kmirror::app
