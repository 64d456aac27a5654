// For tests: a cluster in virtual time that nobody connects to; requests are handed to its nodes.
// One object a test.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "broker/api_table.h"
#include "broker/cluster.h"
#include "net/sim/network.h"
#include "net/sim/process.h"
#include "net/sim/world.h"
#include "net/task_group.h"
#include "protocol/wire/archive.h"

namespace kmirror::broker {

// A request, what became of it, and what the answer refers to.
template <class Request>
struct Asked {
  Request request;
  CallContext call;
  typename Request::Response response{};
  bool is_answered = false;

  auto* operator->() { return &response; }
};

class QuietCluster : public testing::Test {
 protected:
  explicit QuietCluster(int nodes = 1, Release release = {}) {
    ClusterSettings settings{.nodes = {}, .release = release};
    for (int id = 1; id <= nodes; ++id) settings.nodes.push_back({.id = id, .runtime = &runtime});
    start(std::move(settings));
  }

  // Instead of the one that there is.
  void start(ClusterSettings settings) {
    if (cluster) stop();
    cluster = std::make_unique<Cluster>(std::move(settings));
    EXPECT_TRUE(cluster->start());
  }

  ~QuietCluster() override { stop(); }

  // Hands a request to a node, and looks what comes of it at once. The answer has to be one that
  // this version can carry.
  template <class Request>
  std::shared_ptr<Asked<Request>> ask(Node& node, Request request, int version) {
    auto asked = std::make_shared<Asked<Request>>(
        Asked<Request>{std::move(request),
                       {.cluster = *cluster,
                        .node = node,
                        .version = static_cast<std::int16_t>(version),
                        .client_id = "client"}});
    tasks_.spawn(work_on(asked));
    settle();
    return asked;
  }
  template <class Request>
  std::shared_ptr<Asked<Request>> ask(Request request, int version) {
    return ask(*cluster->nodes().front(), std::move(request), version);
  }

  void pass(Duration time) { runtime.run(sleep(runtime, runtime.now() + time)); }
  // Until nothing is left to do now.
  void settle() { pass(Duration(1)); }

  net::sim::World world{1};
  net::sim::Network network{world};
  net::sim::Process runtime{world, network, "brokers", "127.0.0.1"};
  std::unique_ptr<Cluster> cluster;

 private:
  void stop() {
    runtime.run(cluster->stop());
    runtime.run(tasks_.join());
  }

  static net::Awaitable<void> sleep(net::Runtime& runtime, TimePoint until) {
    const std::unique_ptr<net::Timer> timer = runtime.make_timer();
    co_await timer->wait_until(until);
  }

  template <class Request>
  static net::Awaitable<void> work_on(std::shared_ptr<Asked<Request>> asked) {
    const ApiEntry& entry = *find_api(Request::kApi.key);
    if (entry.run != nullptr) {
      entry.run(asked->call, &asked->request, &asked->response);
    } else {
      co_await entry.run_waiting(asked->call, &asked->request, &asked->response);
    }
    asked->is_answered = true;
    protocol::GatherBuffer bytes;
    const auto error = protocol::encode(asked->response, asked->call.version, bytes);
    EXPECT_FALSE(error) << error.to_string();
  }

  net::TaskGroup tasks_{runtime};
};

}  // namespace kmirror::broker
