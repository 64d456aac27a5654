#include "fuzz/dumped.h"

#include <nlohmann/json.hpp>

#include "base/check.h"

namespace kmirror::fuzz {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

bool Dumped::write(std::string_view lines) {
  text_ += lines;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    KM_CHECK(end != std::string_view::npos, "whole lines are written");
    KM_CHECK(nlohmann::json::accept(lines.substr(0, end)), "a line is JSON");
    lines.remove_prefix(end + 1);
  }
  return text_.size() < kMaxBytes;
}

protocol::DumpOutput Dumped::output() {
  return {.write = [this](std::string_view lines) { return write(lines); },
          .report =
              [this](std::string_view sentence) {
                KM_CHECK(!sentence.empty(), "it says something");
                text_ += sentence;
              }};
}

}  // namespace kmirror::fuzz
