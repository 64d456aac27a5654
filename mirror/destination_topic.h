// A topic at the destination that is to hold a mirrored one: found there, or created with the
// settings that decide how long and in what form records live. Works through the two clusters of a
// shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "mirror/config/mirror_config.h"
#include "net/admin.h"

namespace kmirror::mirror {

struct DestinationTopic {
  std::int32_t partitions = 0;
  std::size_t message_bytes_max = 0;
};

// Creates `name` at the destination unless it exists, with `partitions` (the source's, unless the
// config says otherwise) and the settings of `source_name`; warns where an existing one keeps less,
// or other times. Waits where the brokers do not tell of its partitions yet.
net::Awaitable<net::Result<DestinationTopic>> ensure_destination_topic(
    net::Cluster& source, net::Cluster& destination, const MirrorConfig& config,
    std::string source_name, std::string name, std::int32_t partitions);

std::int32_t partitions_of(const net::Cluster& cluster, const std::string& topic);

}  // namespace kmirror::mirror
