// Texts that are numbers. Pure functions, no thread rules.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace kmirror {

// Empty unless the whole text is one decimal number that fits, without blanks or a plus.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace kmirror
