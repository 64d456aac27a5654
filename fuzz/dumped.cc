#include "fuzz/dumped.h"

#include <nlohmann/json.hpp>

#include "base/check.h"

namespace kmirror::fuzz {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

protocol::DumpOutput Dumped::output() {
  return {.write =
              [this](std::string_view lines) {
                text_ += lines;
                lines_ += lines;
                return text_.size() < kMaxBytes;
              },
          .report =
              [this](std::string_view sentence) {
                KM_CHECK(!sentence.empty(), "it says something");
                text_ += sentence;
              }};
}

void Dumped::check_lines() const {
  std::string_view rest = lines_;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    KM_CHECK(end != std::string_view::npos, "whole lines are written");
    KM_CHECK(nlohmann::json::accept(rest.substr(0, end)), "a line is JSON");
    rest.remove_prefix(end + 1);
  }
}

}  // namespace kmirror::fuzz
