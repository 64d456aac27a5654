// Metadata, versions 0 to 13: brokers, topics, partitions and their leaders. Topics that are named
// and do not exist are created where client and cluster allow it. Left out: authorized operations
// are those of a cluster without authorization.
#include "protocol/messages/metadata.h"

#include "broker/api/admin.h"
#include "broker/api/handlers.h"
#include "broker/api/partition_lookup.h"
#include "broker/cluster.h"
#include "broker/topic_name.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::MetadataRequest;
using protocol::MetadataResponse;

namespace {

void describe_brokers(CallContext& call, MetadataResponse& response) {
  for (const auto& node : call.cluster.nodes()) {
    if (!node->is_running()) continue;
    auto& broker = response.brokers.emplace_back();
    broker.node_id = node->id();
    broker.host = node->host();
    broker.port = node->port();
    if (!node->rack().empty()) broker.rack = node->rack();
  }
}

void describe_topic(CallContext& call, const Topic& topic, bool with_operations,
                    MetadataResponse& response) {
  auto& answer = response.topics.emplace_back();
  answer.name = call.keep(topic.name);
  answer.topic_id = topic.id;
  if (with_operations) answer.topic_authorized_operations = kTopicOperations;
  for (std::size_t p = 0; p < topic.partitions.size(); ++p) {
    answer.partitions.push_back(describe_partition<MetadataResponse::Partition>(
        call, static_cast<std::int32_t>(p), *topic.partitions[p]));
  }
}

// The error for a topic that is not there; it may be there soon.
ErrorCode create_if_allowed(CallContext& call, const MetadataRequest& request,
                            const std::string& name) {
  if (!is_valid_topic_name(name)) return ErrorCode::kInvalidTopicException;
  const ClusterSettings& settings = call.cluster.settings();
  const bool allowed = call.version < 4 || request.allow_auto_topic_creation;
  if (allowed && settings.auto_create_topics) {
    call.cluster.create_topic(name, {.partitions = settings.default_partitions,
                                     .replication_factor = settings.default_replication_factor,
                                     .config = {},
                                     .assignment = {}});
    if (call.cluster.release() < Release{2, 8}) return ErrorCode::kLeaderNotAvailable;
  }
  return ErrorCode::kUnknownTopicOrPartition;
}

void describe_named(CallContext& call, const MetadataRequest& request,
                    const MetadataRequest::Topic& wanted, MetadataResponse& response) {
  const bool by_id = !wanted.topic_id.is_zero();
  const std::string name(wanted.name.value_or(""));
  const Topic* const topic =
      by_id ? call.cluster.find_topic(wanted.topic_id) : call.cluster.find_topic(name);
  if (topic != nullptr) {
    describe_topic(call, *topic, request.include_topic_authorized_operations, response);
    return;
  }
  const ErrorCode error =
      by_id ? ErrorCode::kUnknownTopicId : create_if_allowed(call, request, name);
  auto& answer = response.topics.emplace_back();
  answer.error_code = error;
  answer.topic_id = wanted.topic_id;
  answer.name.reset();
  if (!by_id || call.version < 12) answer.name = call.keep(name);
}

}  // namespace

void metadata(CallContext& call, const MetadataRequest& request, MetadataResponse& response) {
  describe_brokers(call, response);
  response.cluster_id = call.cluster.settings().cluster_id;
  response.controller_id = call.cluster.controller();
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = kClusterOperations;
  }
  const bool all = !request.topics || (call.version == 0 && request.topics->empty());
  if (all) {
    for (const auto& [name, topic] : call.cluster.topics()) {
      describe_topic(call, *topic, request.include_topic_authorized_operations, response);
    }
    return;
  }
  for (const auto& wanted : *request.topics) describe_named(call, request, wanted, response);
}

}  // namespace kmirror::broker
