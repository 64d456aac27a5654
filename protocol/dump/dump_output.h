// Where a dump goes: lines for programs, and sentences for people about what was wrong. The caller
// owns what the functions refer to.
#pragma once

#include <functional>
#include <string_view>

namespace kmirror::protocol {

struct DumpOutput {
  // Takes whole lines. False if nobody reads them any more, which ends the dump.
  std::function<bool(std::string_view lines)> write;
  // Takes a sentence, in its place between the lines: what is wrong, and at which byte.
  std::function<void(std::string_view sentence)> report;
};

}  // namespace kmirror::protocol
