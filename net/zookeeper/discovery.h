// What MirrorMaker's old consumer kept in ZooKeeper: the source's brokers, and how far the group
// had come. Each lookup is one short session, read-only; nothing is ever written there.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "net/host_port.h"
#include "net/runtime.h"
#include "net/zookeeper/connect_string.h"

namespace kmirror::net {

struct ZookeeperCluster {
  std::vector<HostPort> brokers;  // plaintext listeners, for bootstrap; never empty
  std::string cluster_id;         // empty before Kafka 0.10.1
};

// The brokers that are alive. Failures: no server answers, a path that no Kafka has made (the
// chroot is wrong), no broker registered, none with a PLAINTEXT listener, a malformed registration.
// `timeout` bounds each connect and each answer, not the whole lookup.
Awaitable<Result<ZookeeperCluster>> find_cluster(Runtime& runtime, ZookeeperConnect servers,
                                                 std::chrono::milliseconds timeout);

struct OldOffset {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;  // the next record to read
  bool operator==(const OldOffset&) const = default;
};

// The offsets under /consumers/<group>/offsets, by topic and partition number; none when the group
// has never committed there. A node that is not an offset is a failure: guessing would lose
// records.
Awaitable<Result<std::vector<OldOffset>>> find_group_offsets(Runtime& runtime,
                                                             ZookeeperConnect servers,
                                                             std::string group,
                                                             std::chrono::milliseconds timeout);

}  // namespace kmirror::net
