// Which names topics may have. Source: Kafka's Topic.validate. Pure function.
#pragma once

#include <algorithm>
#include <cctype>
#include <string_view>

namespace kmirror::broker {

inline bool is_valid_topic_name(std::string_view name) {
  constexpr std::size_t kLongest = 249;
  const auto is_legal = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kLongest && name != "." && name != ".." &&
         std::ranges::all_of(name, is_legal);
}

}  // namespace kmirror::broker
