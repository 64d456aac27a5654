// kmirror: one binary, a subcommand each for what it can do. Without one it is MirrorMaker.
#include <string>
#include <vector>

#include "app/mirror_command.h"
#include "app/subcommands.h"

int main(int argc, char** argv) {
  for (const kmirror::app::Subcommand& subcommand : kmirror::app::kSubcommands) {
    if (argc < 2 || argv[1] != subcommand.name) continue;
    if (subcommand.run != nullptr) return subcommand.run(argc - 1, argv + 1);
    --argc;
    ++argv;
    break;
  }
  return kmirror::app::run_mirror_command(std::vector<std::string>(argv + 1, argv + argc));
}
