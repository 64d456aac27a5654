// `kmirror decode`: messages, record batches and log segments as JSON.
#pragma once

namespace kmirror::app {

// argv[0] is the command's name. Returns the exit code.
int run_decode_command(int argc, char** argv);

}  // namespace kmirror::app
