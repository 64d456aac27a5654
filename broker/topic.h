// A topic: its id, partitions and configuration. Owned by a Cluster; used on its executor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/partition.h"
#include "broker/topic_config.h"
#include "protocol/wire/uuid.h"

namespace kmirror::broker {

struct Topic {
  std::string name;
  protocol::Uuid id;
  // Shared with requests that wait, which may outlive the topic.
  std::vector<std::shared_ptr<Partition>> partitions;
  TopicConfig config;
};

}  // namespace kmirror::broker
