// `kmirror mirror`, and `kmirror` with no subcommand: MirrorMaker's command line.
#pragma once

#include <string>
#include <vector>

namespace kmirror::app {

// Runs until the mirror ends, and returns an exit code of mirror/config/exit_code.h.
int run_mirror_command(std::vector<std::string> arguments);

}  // namespace kmirror::app
