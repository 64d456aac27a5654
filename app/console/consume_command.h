// `kmirror consume`: prints a topic's records, with the flags and the output of
// kafka-console-consumer.sh.
#pragma once

namespace kmirror::app {

// argv[0] is the command's name. Returns the exit code: 0 after --max-messages, --timeout-ms or a
// signal, 1 with the reason on stderr.
int run_consume_command(int argc, char** argv);

}  // namespace kmirror::app
