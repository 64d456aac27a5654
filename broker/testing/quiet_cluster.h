// For tests: a cluster in virtual time that nobody connects to; requests are handed to its nodes.
// One object a test.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/api_table.h"
#include "broker/cluster.h"
#include "net/task_group.h"
#include "net/testing/virtual_runtime.h"
#include "protocol/wire/archive.h"

namespace kmirror::broker {

// Listens, and nobody ever comes.
class QuietRuntime : public net::VirtualRuntime {
 public:
  net::Result<std::unique_ptr<net::Listener>> listen(net::Address address) override {
    if (address.port == 0) address.port = ++last_port_;
    return {std::make_unique<QuietListener>(*this, std::move(address))};
  }

 private:
  class QuietListener : public net::Listener {
   public:
    QuietListener(QuietRuntime& runtime, net::Address address)
        : address_(std::move(address)), closed_(runtime) {}
    net::Awaitable<net::Result<std::unique_ptr<net::Stream>>> accept() override {
      co_await closed_.wait();
      co_return net::Failure{.kind = net::FailureKind::kClosed, .text = "closed"};
    }
    net::Address address() const override { return address_; }
    void close() override { closed_.notify(); }

   private:
    net::Address address_;
    net::Wakeup closed_;
  };

  std::uint16_t last_port_ = 9091;
};

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

  // Hands a request to a node, and looks what comes of it as long as no time passes. The answer has
  // to be one that this version can carry.
  template <class Request>
  std::shared_ptr<Asked<Request>> ask(Node& node, Request request, int version) {
    auto asked = std::make_shared<Asked<Request>>(
        Asked<Request>{std::move(request),
                       {.cluster = *cluster,
                        .node = node,
                        .version = static_cast<std::int16_t>(version),
                        .client_id = "client"}});
    tasks_.spawn(work_on(asked));
    pass(Duration::zero());
    return asked;
  }
  template <class Request>
  std::shared_ptr<Asked<Request>> ask(Request request, int version) {
    return ask(*cluster->nodes().front(), std::move(request), version);
  }

  void pass(Duration time) { runtime.run(sleep(runtime, runtime.now() + time)); }

  QuietRuntime runtime;
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
