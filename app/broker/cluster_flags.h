// The flags of kmirror broker. Pure, but for the texts that are printed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/console/console_flags.h"
#include "broker/release.h"
#include "protocol/error_code.h"

namespace kmirror::app {

struct TopicFlag {
  std::string name;
  std::int32_t partitions = 1;
};

// What so many percent of the requests of an API get for an answer.
struct FaultFlag {
  std::int16_t api_key = 0;
  // None: the connection is closed instead.
  std::optional<protocol::ErrorCode> error;
  double percent = 100;
};

struct ClusterFlags {
  int nodes = 1;
  std::string host = "127.0.0.1";
  int port = 9092;
  std::vector<TopicFlag> topics;
  broker::Release release;
  std::vector<FaultFlag> faults;
};

// "name:partitions" or "name".
std::optional<TopicFlag> parse_topic(std::string_view text);

// "api:error@percent" or "api:error"; the error is Kafka's name of it, its number, or "close".
std::optional<FaultFlag> parse_fault(std::string_view text);

Exit parse_cluster_flags(int argc, char** argv, ClusterFlags& flags);

}  // namespace kmirror::app
