#include "mirror/config/value_rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/parse_number.h"

namespace kmirror::mirror {
namespace {

// As Java has them, with a plus or without.
template <class T>
std::optional<T> parse_signed(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return parse_number<T>(text);
}

bool in_range(const std::optional<std::int64_t>& value, const ValueRule& rule) {
  return value && *value >= rule.min && *value <= rule.max;
}

// Cuts the first name off a comma-separated list.
std::string_view next_name(std::string_view& names) {
  std::size_t comma = std::min(names.find(','), names.size());
  std::string_view name = trimmed(names.substr(0, comma));
  names.remove_prefix(std::min(comma + 1, names.size()));
  return name;
}

std::string listed(std::string_view names) {
  std::string out;
  while (!names.empty()) {
    std::string_view name = next_name(names);
    if (!out.empty()) out += names.empty() ? " or " : ", ";
    out += name;
  }
  return out;
}

}  // namespace

std::optional<std::string> ValueRule::complaint(std::string_view value) const {
  switch (kind) {
    case Kind::kAny:
      return std::nullopt;
    case Kind::kNumber:
      if (in_range(parse_long(value), *this)) return std::nullopt;
      if (max == kMaxInt64) return fmt::format("must be a whole number of at least {}", min);
      return fmt::format("must be a whole number from {} to {}", min, max);
    case Kind::kDecimal:
      if (parse_signed<double>(trimmed(value))) return std::nullopt;
      return "must be a number";
    case Kind::kBoolean:
      if (names_contain("true,false", value)) return std::nullopt;
      return "must be true or false";
    case Kind::kOneOf:
      if (names_contain(names, value)) return std::nullopt;
      return fmt::format("must be {}", listed(names));
    case Kind::kBytes:
      if (in_range(parse_bytes(value), *this)) return std::nullopt;
      return fmt::format("must be a number of bytes from {} to {}, or one with k, m or g as 64m",
                         min, max);
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool names_contain(std::string_view names, std::string_view name) {
  std::string wanted = lower_case(trimmed(name));
  while (!names.empty()) {
    if (lower_case(next_name(names)) == wanted) return true;
  }
  return false;
}

std::optional<std::int64_t> parse_long(std::string_view text) {
  return parse_signed<std::int64_t>(trimmed(text));
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  constexpr std::string_view kUnits = "kmg";
  std::size_t unit = kUnits.find(lower_case(text.substr(text.size() - 1)));
  std::int64_t factor = 1;
  if (unit != std::string_view::npos) {
    factor = std::int64_t{1} << (10 * (unit + 1));
    text.remove_suffix(1);
  }
  std::optional<std::int64_t> value = parse_long(text);
  if (!value || *value < 0 || *value > kMaxInt64 / factor) return std::nullopt;
  return *value * factor;
}

}  // namespace kmirror::mirror
