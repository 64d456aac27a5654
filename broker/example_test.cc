// The example of README.md beside this: how to test a client against a broker that fails.
#include <gtest/gtest.h>

#include "broker/cluster.h"
#include "broker/refuse.h"
#include "net/admin.h"
#include "net/sim/network.h"
#include "net/sim/process.h"
#include "net/testing/fake_cluster.h"
#include "protocol/messages/create_topics.h"

namespace kmirror::broker {
namespace {

using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;

net::Awaitable<bool> create_orders(net::Runtime& runtime) {
  net::Cluster client(runtime, net::FakeCluster::settings());  // b1:9092
  const auto started = co_await client.start(kNever);
  net::NewTopic orders{.name = "orders", .partitions = 8};
  const auto created = co_await net::create_topic(client, std::move(orders), false);
  co_await client.stop();
  co_return started&& created;
}

TEST(Example, AClientThatIsRefusedTriesAgain) {
  net::sim::World world(1);
  net::sim::Network network(world);
  net::sim::Process server(world, network, "broker", "b1");
  net::sim::Process client(world, network, "client", "c");
  Cluster cluster({.nodes = {{.id = 1, .runtime = &server, .listen = {"b1", 9092}}}});
  ASSERT_TRUE(cluster.start());
  int refusals = 0;
  cluster.on<CreateTopicsRequest>([&refusals](CallContext& call, const CreateTopicsRequest& request,
                                              CreateTopicsResponse& response) {
    if (refusals == 2) return HookAction::kPass;
    ++refusals;
    refuse(call, protocol::ErrorCode::kRequestTimedOut, request, response);
    return HookAction::kAnswer;
  });
  EXPECT_TRUE(client.run(create_orders(client)));
  EXPECT_EQ(refusals, 2);
  ASSERT_NE(cluster.find_topic("orders"), nullptr);
  EXPECT_EQ(cluster.find_topic("orders")->partitions.size(), 8u);
  server.run(cluster.stop());
}

}  // namespace
}  // namespace kmirror::broker
