// kmirror: one program, a subcommand each for what it can do.
#include <fmt/core.h>

#include <string_view>

#include "app/console/consume_command.h"
#include "app/console/produce_command.h"
#include "app/console/topics_command.h"

namespace {

struct Subcommand {
  std::string_view name;
  int (*run)(int argc, char** argv);
};

constexpr Subcommand kSubcommands[] = {
    {"consume", kmirror::app::run_consume_command},
    {"produce", kmirror::app::run_produce_command},
    {"topics", kmirror::app::run_topics_command},
};

}  // namespace

int main(int argc, char** argv) {
  for (const Subcommand& subcommand : kSubcommands) {
    if (argc > 1 && argv[1] == subcommand.name) return subcommand.run(argc - 1, argv + 1);
  }
  fmt::print(stderr, "usage: kmirror SUBCOMMAND [flags]\n");
  return 1;
}
