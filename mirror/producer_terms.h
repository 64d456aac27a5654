// On what terms a shard produces: its producer id, and what the destination's brokers can take.
// Asked for once, at start; a plain value.
#pragma once

#include "mirror/config/mirror_config.h"
#include "mirror/core/produce_window.h"
#include "net/cluster.h"

namespace kmirror::mirror {

struct ProducerTerms {
  ProducerIdentity producer;
  int in_flight_max = 1;  // batches a partition
  bool zstd_allowed = true;
};

// Tries again until the deadline where brokers are not ready yet. References are to what the caller
// owns.
net::Awaitable<net::Result<ProducerTerms>> find_producer_terms(net::Cluster& destination,
                                                               const DestinationConfig& config,
                                                               TimePoint deadline);

}  // namespace kmirror::mirror
