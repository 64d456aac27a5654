// For tests: a quiet cluster of three brokers with one topic, what is written to it and read of it.
// One object a test.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/testing/batches.h"
#include "broker/testing/quiet_cluster.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/produce.h"
#include "protocol/records/batch_view.h"

namespace kmirror::broker {

class TopicCluster : public QuietCluster {
 protected:
  TopicCluster() { start_with({}); }

  // Brokers 1 in rack a, 2 and 3 in rack b; topic t, whose one partition broker 1 leads.
  void start_with(ClusterSettings settings, TopicConfig::Overrides config = {}) {
    for (int id = 1; id <= 3; ++id) {
      settings.nodes.push_back({.id = id, .runtime = &runtime, .rack = id == 1 ? "a" : "b"});
    }
    start(std::move(settings));
    cluster->create_topic(
        "t", {.partitions = 1, .config = std::move(config), .assignment = {{1, 2, 3}}});
    partition = cluster->find_partition("t", 0);
  }

  void append(const BatchOf& wanted = {}) {
    partition->log.append(batch(wanted), partition->leader_epoch(), 1 << 20);
    cluster->on_appended(partition);
  }

  // Stays behind, out of sync, so that the others go on without it.
  void hold_back(std::int32_t node) {
    cluster->paused_replicas.insert(node);
    partition->set_in_sync(node, false);
  }

  Node& leader() { return *cluster->find_node(partition->leader()); }

  std::shared_ptr<Asked<protocol::ProduceRequest>> produce(int acks, const BatchOf& wanted = {}) {
    sent_.push_back(batch(wanted));
    protocol::ProduceRequest request;
    request.acks = static_cast<std::int16_t>(acks);
    request.timeout_ms = 1000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = "t";
    topic.partition_data.emplace_back().records = protocol::RecordsView(ConstBytes(sent_.back()));
    return ask(leader(), std::move(request), 9);
  }
  static const protocol::ProduceResponse::Partition& of(
      const std::shared_ptr<Asked<protocol::ProduceRequest>>& asked) {
    return asked->response.responses.at(0).partition_responses.at(0);
  }

  // -1: the end, -2: the beginning
  std::int64_t list_offset(std::int64_t timestamp) {
    protocol::ListOffsetsRequest request;
    request.replica_id = -1;
    request.topics.push_back({.name = "t", .partitions = {{.timestamp = timestamp}}});
    return ask(leader(), std::move(request), 7)->response.topics.at(0).partitions.at(0).offset;
  }

  struct From {
    std::int64_t offset = 0;
    std::int8_t isolation_level = 0;
    std::string_view rack;
    int max_wait_ms = 0;
    int min_bytes = 1;
    std::int32_t last_fetched_epoch = -1;
  };

  std::shared_ptr<Asked<protocol::FetchRequest>> fetch(std::int32_t node, const From& from) {
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
  static const protocol::FetchResponse::Partition& of(
      const std::shared_ptr<Asked<protocol::FetchRequest>>& asked) {
    return asked->response.responses.at(0).partitions.at(0);
  }

  // Behind the last record of an answer; -1 if there is none.
  static std::int64_t read_to(const protocol::FetchResponse::Partition& answer) {
    if (!answer.records || answer.records->empty()) return -1;
    return protocol::BatchView(answer.records->slices().back()).next_offset();
  }

  std::shared_ptr<Partition> partition;

 private:
  std::deque<Buffer> sent_;  // requests that wait refer to it
};

}  // namespace kmirror::broker
