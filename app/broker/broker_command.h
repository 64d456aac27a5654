// kmirror broker: an embedded cluster on real sockets, for people's own tests. See --help.
#pragma once

namespace kmirror::app {

// argv[0] is the subcommand. Returns the exit code: 0, or 1 with the reason on standard error.
int run_broker_command(int argc, char** argv);

}  // namespace kmirror::app
