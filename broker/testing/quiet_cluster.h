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

// The same of any API.
struct AskedParts {
  std::int16_t api_key;
  CallContext& call;
  const void* request;
  void* response;
  bool& is_answered;
};

class QuietCluster : public testing::Test {
 protected:
  explicit QuietCluster(int nodes = 1, Release release = {});

  // Instead of the one that there is.
  void start(ClusterSettings settings);

  ~QuietCluster() override;

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
    tasks_.spawn(work_on(asked, {Request::kApi.key, asked->call, &asked->request, &asked->response,
                                 asked->is_answered}));
    settle();
    return asked;
  }
  template <class Request>
  std::shared_ptr<Asked<Request>> ask(Request request, int version) {
    return ask(*cluster->nodes().front(), std::move(request), version);
  }

  void pass(Duration time);
  // Until nothing is left to do now.
  void settle();

  net::sim::World world{1};
  net::sim::Network network{world};
  net::sim::Process runtime{world, network, "brokers", "127.0.0.1"};
  std::unique_ptr<Cluster> cluster;

 private:
  void stop();

  static net::Awaitable<void> wait_until(net::Runtime& runtime, TimePoint until);

  // `asked` is whatever the other three belong to.
  static net::Awaitable<void> work_on(std::shared_ptr<void> asked, AskedParts parts);

  net::TaskGroup tasks_{runtime};
};

}  // namespace kmirror::broker
