// What a dump has put out, for tests.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dump/dump_output.h"

namespace kmirror::protocol::testing {

struct Dumped {
  bool is_sound = false;
  std::vector<nlohmann::json> lines;
  std::vector<std::string> reports;  // each behind the number of lines before it
};

// `dumped` outlives it.
inline DumpOutput output_to(Dumped& dumped) {
  return {
      .write =
          [&dumped](std::string_view lines) {
            for (std::size_t end = 0; !lines.empty(); lines.remove_prefix(end + 1)) {
              end = lines.find('\n');
              dumped.lines.push_back(nlohmann::json::parse(lines.substr(0, end)));
            }
            return true;
          },
      .report =
          [&dumped](std::string_view sentence) {
            dumped.reports.push_back(fmt::format("{}: {}", dumped.lines.size(), sentence));
          },
  };
}

}  // namespace kmirror::protocol::testing
