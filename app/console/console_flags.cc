#include "app/console/console_flags.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "mirror/config/properties.h"

namespace kmirror::app {

void print_error(std::string_view text) {
  fmt::print(stderr, "{}\n", text);
}

std::optional<std::map<std::string, std::string>> parse_pairs(const std::string& flag,
                                                              const std::vector<std::string>& texts,
                                                              const std::set<std::string>& known) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      print_error(fmt::format("{}: `{}` is not of the form key=value", flag, text));
      return std::nullopt;
    }
    const std::string key = text.substr(0, equals);
    if (!known.empty() && !known.contains(key)) {
      print_error(fmt::format("{}: `{}` is not a property of this command", flag, key));
      return std::nullopt;
    }
    pairs[key] = text.substr(equals + 1);
  }
  return pairs;
}

bool is_true(std::string_view text) {
  constexpr std::string_view kTrue = "true";
  return std::ranges::equal(text, kTrue, [](char a, char b) { return (a | 0x20) == b; });
}

Exit check_command_config(const std::string& file) {
  if (file.empty()) return std::nullopt;
  const auto properties = mirror::read_properties(file);
  if (!properties) {
    print_error(properties.error().text);
    return kExitError;
  }
  const auto* protocol = mirror::find_property(properties.value(), "security.protocol");
  if (protocol == nullptr || protocol->value == "PLAINTEXT") return std::nullopt;
  print_error(fmt::format("{}: security.protocol={} is not supported yet, only PLAINTEXT is",
                          protocol->where(), protocol->value));
  return kExitError;
}

}  // namespace kmirror::app
