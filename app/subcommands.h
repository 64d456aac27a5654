// What kmirror's one binary can do: the list that main() runs from and that --help shows.
// Constants.
#pragma once

#include <string_view>

#include "app/broker/broker_command.h"
#include "app/console/consume_command.h"
#include "app/console/produce_command.h"
#include "app/console/topics_command.h"
#include "app/decode_command.h"
#include "app/demo/demo_command.h"

namespace kmirror::app {

struct Subcommand {
  std::string_view name;
  std::string_view summary;
  int (*run)(int argc, char** argv);  // null: what is done without a subcommand
};

inline constexpr Subcommand kSubcommands[] = {
    {"mirror", "what is done without one, described here", nullptr},
    {"topics", "create, list, describe and delete topics", &run_topics_command},
    {"produce", "write the lines of standard input to a topic", &run_produce_command},
    {"consume", "print the records of a topic", &run_consume_command},
    {"decode", "print messages, record batches or a log segment as JSON", &run_decode_command},
    {"broker", "an embedded Kafka cluster for tests", &run_broker_command},
    {"demo", "two such clusters, mirrored and compared", &run_demo_command},
};

}  // namespace kmirror::app
