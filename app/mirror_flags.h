// The command line of `kmirror` and `kmirror mirror`: MirrorMaker 1's flags from Kafka 0.8 to 3.9,
// each taken or refused with what to use instead, and a few of our own. Pure: prints nothing.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mirror/config/load_config.h"

namespace kmirror::app {

struct MirrorFlags {
  mirror::MirrorInputs inputs;
  std::vector<std::string> warnings;  // flags that are taken without effect, one sentence each
};

// The command line asks for a text, not for a mirror: --help, --version, or it is wrong.
struct FlagsAnswer {
  std::string text;       // whole lines
  bool is_error = false;  // then for stderr, with exit code ExitCode::kUsage; else stdout and 0
};

// `arguments` come without the program's name and the subcommand; `version` is "0.1.0".
std::variant<MirrorFlags, FlagsAnswer> parse_mirror_flags(std::vector<std::string> arguments,
                                                          std::string_view version);

}  // namespace kmirror::app
