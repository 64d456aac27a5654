// Which topics are mirrored, how, and from where: finds the source topics that the filter chooses,
// makes sure that the destination has them, fixes each topic's mode, and plans a lane for every
// partition that has none yet. Works through the clusters of one shard; owned by a Mirror.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mirror/core/progress_note.h"
#include "mirror/shard.h"
#include "net/admin.h"

namespace kmirror::mirror {

class Topology {
 public:
  Topology(Shard& shard, const MirrorConfig& config);

  // Positions of the group under /consumers in ZooKeeper, used where the group has none in Kafka.
  void set_old_offsets(std::map<net::TopicPartition, std::int64_t> offsets);

  // Reads the source's topics and plans lanes for what is new. What fails is logged and tried again
  // the next time, except that failing to read the source at all is the result.
  net::Awaitable<net::Result<std::vector<LanePlan>>> plan_new_lanes();

  std::size_t topics() const { return topics_.size(); }

  // A sentence for each topic that should be mirrored and is not.
  std::vector<std::string> complaints() const;

 private:
  using Committed = net::GroupOffsets::Committed;

  // A topic that is mirrored.
  struct Topic {
    ProgressNote note;
    std::string destination;
    std::int32_t lanes = 0;  // partitions planned so far
    std::size_t batch_bytes_max = 0;
  };

  net::Awaitable<net::Result<std::vector<LanePlan>>> plan_topic(std::string name);
  net::Awaitable<net::Result<Topic>> adopt(
      std::string name, const std::map<net::TopicPartition, Committed>* committed);
  net::Awaitable<net::Result<bool>> ensure_destination(std::string name, std::string destination);
  net::Awaitable<net::Result<std::vector<LanePlan>>> plan_lanes(
      std::string name, Topic* topic, std::map<net::TopicPartition, Committed> committed);
  net::Result<LaneMode> choose_mode(const std::string& name, std::int32_t source_partitions,
                                    std::int32_t destination_partitions, bool created) const;
  void check_existing(const std::string& name, const std::string& destination,
                      const net::TopicConfigs& source, const net::TopicConfigs& here);
  std::int32_t partitions_of(net::Cluster& cluster, const std::string& topic) const;
  void complain(const std::string& topic, const std::string& text);
  void log(net::LogLevel level, std::string text) const;

  Shard& shard_;
  const MirrorConfig& config_;
  std::map<net::TopicPartition, std::int64_t> old_offsets_;
  std::map<std::string, Topic> topics_;
  std::map<std::string, std::string> complaints_;  // by topic: what was last said about it
};

}  // namespace kmirror::mirror
