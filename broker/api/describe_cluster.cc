// DescribeCluster, versions 0 to 2: the cluster's id, its brokers and its controller (KIP-700).
// Brokers that are down are not known here, so that none are fenced.
#include "protocol/messages/describe_cluster.h"

#include "broker/api/admin.h"
#include "broker/api/handlers.h"

namespace kmirror::broker {

using protocol::ErrorCode;

namespace {

constexpr std::int8_t kBrokers = 1;
constexpr std::int8_t kControllers = 2;

}  // namespace

void describe_cluster(CallContext& call, const protocol::DescribeClusterRequest& request,
                      protocol::DescribeClusterResponse& response) {
  if (request.endpoint_type != kBrokers) {
    response.error_code = request.endpoint_type == kControllers
                              ? ErrorCode::kMismatchedEndpointType
                              : ErrorCode::kUnsupportedEndpointType;
    response.error_message = "Brokers know of brokers alone.";
    return;
  }
  response.cluster_id = call.cluster.settings().cluster_id;
  response.controller_id = call.cluster.controller();
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = kClusterOperations;
  }
  for (const auto& node : call.cluster.nodes()) {
    if (!node->is_running()) continue;
    auto& broker = response.brokers.emplace_back();
    broker.broker_id = node->id();
    broker.host = node->host();
    broker.port = node->port();
    if (!node->rack().empty()) broker.rack = node->rack();
  }
}

}  // namespace kmirror::broker
