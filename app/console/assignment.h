// Where `kmirror consume` begins: it waits for its topic, and finds the offsets to start from.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "app/console/consumer.h"
#include "net/admin.h"
#include "net/cluster.h"

namespace kmirror::app {

using Start = std::variant<net::OffsetSpec, std::int64_t>;

struct Assignment {
  std::string topic;
  std::int32_t partition = -1;  // -1: all of them
  Start start = net::OffsetSpec::kLatest;
  bool read_committed = false;
};

// Assigns the partitions to the consumer. As Kafka's does, it warns of a topic or partition that
// does not exist and waits for it; nothing is assigned when `deadline` comes or the consumer is
// stopped meanwhile. An error that waiting does not mend is a failure.
net::Awaitable<net::Result<void>> assign(net::Cluster& cluster, Assignment assignment,
                                         TimePoint deadline, Consumer& consumer);

}  // namespace kmirror::app
