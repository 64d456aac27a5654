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
  TopicCluster();

  // Brokers 1 in rack a, 2 and 3 in rack b; topic t, whose one partition broker 1 leads.
  void start_with(ClusterSettings settings, TopicConfig::Overrides config = {});

  void append(const BatchOf& wanted = {});

  // Stays behind, out of sync, so that the others go on without it.
  void hold_back(std::int32_t node);

  Node& leader();

  std::shared_ptr<Asked<protocol::ProduceRequest>> produce(int acks, const BatchOf& wanted = {});
  static const protocol::ProduceResponse::Partition& of(
      const std::shared_ptr<Asked<protocol::ProduceRequest>>& asked);

  // -1: the end, -2: the beginning
  std::int64_t list_offset(std::int64_t timestamp);

  struct From {
    std::int64_t offset = 0;
    std::int8_t isolation_level = 0;
    std::string_view rack;
    int max_wait_ms = 0;
    int min_bytes = 1;
    std::int32_t last_fetched_epoch = -1;
  };

  std::shared_ptr<Asked<protocol::FetchRequest>> fetch(std::int32_t node, const From& from);
  static const protocol::FetchResponse::Partition& of(
      const std::shared_ptr<Asked<protocol::FetchRequest>>& asked);

  // Behind the last record of an answer; -1 if there is none.
  static std::int64_t read_to(const protocol::FetchResponse::Partition& answer);

  std::shared_ptr<Partition> partition;

 private:
  std::deque<Buffer> sent_;  // requests that wait refer to it
};

}  // namespace kmirror::broker
