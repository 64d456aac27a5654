// `kmirror produce`: writes lines of standard input to a topic, with the flags of
// kafka-console-producer.sh.
#pragma once

namespace kmirror::app {

// argv[0] is the command's name. Returns the exit code: 0 when every line was acknowledged, else 1
// with the reason on stderr.
int run_produce_command(int argc, char** argv);

}  // namespace kmirror::app
