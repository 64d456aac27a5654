#include "broker/testing/topic_cluster.h"

namespace kmirror::broker {

TopicCluster::TopicCluster() {
  start_with({});
}

void TopicCluster::start_with(ClusterSettings settings, TopicConfig::Overrides config) {
  for (int id = 1; id <= 3; ++id) {
    settings.nodes.push_back({.id = id, .runtime = &runtime, .rack = id == 1 ? "a" : "b"});
  }
  start(std::move(settings));
  cluster->create_topic("t",
                        {.partitions = 1, .config = std::move(config), .assignment = {{1, 2, 3}}});
  partition = cluster->find_partition("t", 0);
}

void TopicCluster::append(const BatchOf& wanted) {
  partition->log.append(batch(wanted), partition->leader_epoch(), 1 << 20);
  cluster->on_appended(partition);
}

void TopicCluster::hold_back(std::int32_t node) {
  cluster->paused_replicas.insert(node);
  partition->set_in_sync(node, false);
}

Node& TopicCluster::leader() {
  return *cluster->find_node(partition->leader());
}

std::shared_ptr<Asked<protocol::ProduceRequest>> TopicCluster::produce(int acks,
                                                                       const BatchOf& wanted) {
  sent_.push_back(batch(wanted));
  protocol::ProduceRequest request;
  request.acks = static_cast<std::int16_t>(acks);
  request.timeout_ms = 1000;
  auto& topic = request.topic_data.emplace_back();
  topic.name = "t";
  topic.partition_data.emplace_back().records = protocol::RecordsView(ConstBytes(sent_.back()));
  return ask(leader(), std::move(request), 9);
}

const protocol::ProduceResponse::Partition& TopicCluster::of(
    const std::shared_ptr<Asked<protocol::ProduceRequest>>& asked) {
  return asked->response.responses.at(0).partition_responses.at(0);
}

std::int64_t TopicCluster::list_offset(std::int64_t timestamp) {
  protocol::ListOffsetsRequest request;
  request.replica_id = -1;
  request.topics.push_back({.name = "t", .partitions = {{.timestamp = timestamp}}});
  return ask(leader(), std::move(request), 7)->response.topics.at(0).partitions.at(0).offset;
}

std::shared_ptr<Asked<protocol::FetchRequest>> TopicCluster::fetch(std::int32_t node,
                                                                   const From& from) {
  protocol::FetchRequest request;
  request.max_wait_ms = from.max_wait_ms;
  request.min_bytes = from.min_bytes;
  request.max_bytes = 1 << 20;
  request.isolation_level = from.isolation_level;
  request.session_epoch = -1;
  request.rack_id = from.rack;
  auto& topic = request.topics.emplace_back();
  topic.topic = "t";
  topic.partitions.push_back({.fetch_offset = from.offset,
                              .last_fetched_epoch = from.last_fetched_epoch,
                              .partition_max_bytes = 1 << 20});
  return ask(*cluster->find_node(node), std::move(request), 12);
}

const protocol::FetchResponse::Partition& TopicCluster::of(
    const std::shared_ptr<Asked<protocol::FetchRequest>>& asked) {
  return asked->response.responses.at(0).partitions.at(0);
}

std::int64_t TopicCluster::read_to(const protocol::FetchResponse::Partition& answer) {
  if (!answer.records || answer.records->empty()) return -1;
  return protocol::BatchView(answer.records->slices().back()).next_offset();
}

}  // namespace kmirror::broker
