// `kmirror topics`: creates, lists, describes and deletes topics, with the flags and the output of
// kafka-topics.sh.
#pragma once

namespace kmirror::app {

// argv[0] is the command's name. Returns the exit code: 0, or 1 with the reason on stderr.
int run_topics_command(int argc, char** argv);

}  // namespace kmirror::app
