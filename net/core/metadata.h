// What a client knows of a cluster: brokers, topics, leaders. A plain value, updated from Metadata
// responses; owned by a Cluster.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/host_port.h"
#include "protocol/error_code.h"
#include "protocol/messages/metadata.h"

namespace kmirror::net {

struct PartitionInfo {
  std::int32_t leader = -1;        // broker id, or -1 while there is none
  std::int32_t leader_epoch = -1;  // -1 from brokers before 2.4
  std::int32_t replicas = 0;
  int older_answers = 0;  // with an older epoch, one after the other
};

struct TopicInfo {
  protocol::Uuid id;  // zero from brokers before 2.8
  bool internal = false;
  std::vector<PartitionInfo> partitions;  // by index; empty while none is known yet
};

struct BrokerInfo {
  HostPort address;
  std::string rack;
};

struct Metadata {
  std::string cluster_id;  // empty from brokers before 0.10.1
  std::int32_t controller = -1;
  std::map<std::int32_t, BrokerInfo> brokers;
  std::map<std::string, TopicInfo, std::less<>> topics;

  // Takes over a response. `whole` says that all topics were asked for, so that one not named is
  // gone. An answer of a broker that lags behind (an older leader epoch of the same topic) does
  // not undo what is known (KIP-320), unless topics have no ids and it is repeated. Topics with an
  // error keep what is known, except that one the broker does not know is forgotten. One that was
  // not known before and has an error that passes is there from then on, without partitions.
  void update(const protocol::MetadataResponse& response, std::int16_t version, bool whole);

  // The partition's leader, or -1.
  std::int32_t leader_of(std::string_view topic, std::int32_t partition) const;
  const PartitionInfo* find(std::string_view topic, std::int32_t partition) const;

  // Whether the cluster has no such partition; false while a topic's partitions are not known yet.
  bool is_missing(std::string_view topic, std::int32_t partition) const;
};

}  // namespace kmirror::net
