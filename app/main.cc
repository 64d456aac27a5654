// kmirror: one binary, a subcommand each for what it can do. Without one it is MirrorMaker.
#include <string>
#include <string_view>
#include <vector>

#include "app/console/consume_command.h"
#include "app/console/produce_command.h"
#include "app/console/topics_command.h"
#include "app/decode_command.h"
#include "app/mirror_command.h"

namespace {

struct Subcommand {
  std::string_view name;
  int (*run)(int argc, char** argv);
};

constexpr Subcommand kSubcommands[] = {
    {"consume", kmirror::app::run_consume_command},
    {"decode", kmirror::app::run_decode_command},
    {"produce", kmirror::app::run_produce_command},
    {"topics", kmirror::app::run_topics_command},
};

}  // namespace

int main(int argc, char** argv) {
  for (const Subcommand& subcommand : kSubcommands) {
    if (argc > 1 && argv[1] == subcommand.name) return subcommand.run(argc - 1, argv + 1);
  }
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments.front() == "mirror") arguments.erase(arguments.begin());
  return kmirror::app::run_mirror_command(std::move(arguments));
}
