// What a Fetch request gets of one partition. Used on the cluster's executor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker/cluster.h"
#include "broker/core/fetch_sessions.h"
#include "protocol/messages/fetch.h"

namespace kmirror::broker {

struct FetchLimits {
  std::int8_t isolation_level = 0;
  std::string_view rack;
  std::size_t bytes_left = 0;  // of the whole answer
  bool whole_first = true;  // nothing was read yet, so the first batch is given whatever its size
};

// Fills `answer`, and takes what it read from the limits.
void read_partition(CallContext& call, const FetchPartition& asked, FetchLimits& limits,
                    protocol::FetchResponse::Partition& answer,
                    std::vector<protocol::NodeEndpoint>& endpoints);

// The partition that is asked for; null if there is none.
std::shared_ptr<Partition> partition_of(CallContext& call, const FetchPartition& asked);

}  // namespace kmirror::broker
