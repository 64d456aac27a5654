// kmirror demo: two embedded clusters, data, a mirror between them, and a comparison of what came
// out. See --help.
#pragma once

namespace kmirror::app {

// argv[0] is the subcommand. Returns the exit code: 0 if the copies are equal, else 1 with the
// reason on standard error.
int run_demo_command(int argc, char** argv);

}  // namespace kmirror::app
