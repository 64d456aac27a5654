// For tests: a source and a destination cluster with topics, their settings, a group's positions
// and records, which a Topology or a whole Mirror works with in virtual time. Brokers are s1 and
// s2, d1 and d2; s2 coordinates the group. Used on one executor; outlives what works with it.
#pragma once

#include <fmt/core.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mirror/config/mirror_config.h"
#include "mirror/testing/batches.h"
#include "net/group_offsets.h"
#include "net/testing/fake_cluster.h"
#include "net/topic_partition.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/produce.h"

namespace kmirror::mirror {

class FakePair {
 public:
  using TopicPartition = net::TopicPartition;
  using Settings = std::map<std::string, std::string>;

  struct Log {
    std::int64_t first = 0;
    std::int64_t end = 0;
    std::vector<Buffer> batches;
  };

  explicit FakePair(net::VirtualRuntime& runtime);
  ~FakePair();

  net::FakeCluster source;
  net::FakeCluster destination;
  MirrorConfig config;

  std::map<TopicPartition, Log> logs;  // of the source
  std::map<TopicPartition, net::GroupOffsets::Committed> group;
  int members = 0;
  std::map<std::string, Settings> source_settings;  // by topic
  std::map<std::string, Settings> destination_settings;
  std::vector<std::string> changes;                         // of the destination's topics
  std::map<TopicPartition, std::vector<std::string>> copy;  // values
  std::function<void(const protocol::BatchView&)> on_produced;
  std::set<std::string> undescribed;  // topics whose settings the source does not tell

  // A topic at the source whose partitions hold the offsets from `first` to before `end`.
  void add_topic(const std::string& name, std::int32_t partitions, std::int64_t first = 0,
                 std::int64_t end = 0);

  // With a batch of `records` records, their offsets as values, in each partition.
  void add_filled_topic(const std::string& name, std::int32_t partitions, int records);

  static void lead(net::FakeCluster& cluster, const std::string& name, std::int32_t partitions);

  // A broker that takes requests of a kind and never answers them.
  template <class Request>
  static void hang(net::FakeCluster& cluster) {
    cluster.on<Request>([](const auto&, auto, auto&) { return false; });
  }

 private:
  template <class Request, class Answer>
  static void on(net::FakeCluster& cluster, Answer answer) {
    cluster.on<Request>([&cluster, answer](const auto& request, auto version, auto& response) {
      for (const std::int32_t id : {1, 2}) cluster.broker(id).delay = {};
      answer(request, version, response);
      return true;
    });
  }

  template <class Wanted, class Answers>
  void tell_positions(const Wanted& wanted, Answers& answers) const {
    for (const auto& topic : wanted) {
      auto& answer = answers.emplace_back();
      answer.name = topic.name;
      for (const std::int32_t index : topic.partition_indexes) {
        const auto found = group.find({std::string(topic.name), index});
        auto& partition = answer.partitions.emplace_back();
        partition.partition_index = index;
        partition.committed_offset = -1;
        if (found == group.end()) continue;
        partition.committed_offset = found->second.offset;
        partition.committed_leader_epoch = found->second.leader_epoch;
        partition.metadata = found->second.metadata;
      }
    }
  }

  void script_group();

  void script_reading();

  static void describe(const protocol::DescribeConfigsRequest& request,
                       const std::map<std::string, Settings>& settings,
                       protocol::DescribeConfigsResponse& response);

  void script_topics();

  void script_writing();
};

}  // namespace kmirror::mirror
