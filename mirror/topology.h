// Which topics are mirrored, how, and from where: finds the source topics that the filter chooses,
// makes sure that the destination has them, fixes each topic's mode, and plans a lane for every
// partition that has none yet. Works through the clusters of one shard; owned by a Mirror.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mirror/core/progress_note.h"
#include "mirror/destination_topic.h"
#include "mirror/shard.h"
#include "net/admin.h"

namespace kmirror::mirror {

class Topology {
 public:
  Topology(Shard& shard, const MirrorConfig& config);

  // Positions of the group under /consumers in ZooKeeper, used where the group has none in Kafka.
  void set_old_offsets(std::map<net::TopicPartition, std::int64_t> offsets);

  // Reads the source's topics and plans lanes for what is new. What fails is logged and tried again
  // the next time, except that a source that cannot be read the first time is the result.
  net::Awaitable<net::Result<std::vector<LanePlan>>> plan_new_lanes();

  // Ends planning after the topic that is being planned; what it fails with is not complained of.
  void request_stop() { stopping_ = true; }

  std::size_t topics() const { return topics_.size(); }

  // A sentence for each topic that should be mirrored and is not.
  std::vector<std::string> complaints() const;

 private:
  using Committed = net::GroupOffsets::Committed;
  using Starts = std::map<net::TopicPartition, Position>;

  // What the source said of a topic when planning began; it may change, or go, meanwhile.
  struct Found {
    std::string name;
    protocol::Uuid id;
    std::int32_t partitions = 0;
  };

  // A topic that is mirrored.
  struct Topic {
    ProgressNote note;
    std::string destination;
    std::int32_t lanes = 0;  // partitions planned so far
    std::size_t message_bytes_max = 0;
  };

  net::Awaitable<net::Result<std::vector<LanePlan>>> plan_topic(Found found);
  net::Awaitable<net::Result<Topic>> adopt(
      Found found, const std::map<net::TopicPartition, Committed>* committed);
  net::Result<LaneMode> choose_mode(const Found& found, const DestinationTopic& there,
                                    const std::optional<ProgressNote>& recorded) const;
  net::Awaitable<net::Result<Starts>> find_starts(
      Found found, const Topic* topic, std::map<net::TopicPartition, Committed> committed);
  net::Awaitable<net::Result<std::vector<LanePlan>>> plan_lanes(
      Found found, Topic* topic, std::map<net::TopicPartition, Committed> committed);
  bool is_own_copy(std::string_view name) const;
  void complain(const std::string& topic, const std::string& text);
  void log(net::LogLevel level, std::string text) const;

  Shard& shard_;
  const MirrorConfig& config_;
  std::map<net::TopicPartition, std::int64_t> old_offsets_;
  std::map<std::string, Topic> topics_;
  std::map<std::string, std::string> complaints_;  // by topic: what was last said about it
  bool first_look_ = true;
  bool stopping_ = false;
};

}  // namespace kmirror::mirror
