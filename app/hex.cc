#include "app/hex.h"

#include <algorithm>
#include <cctype>

namespace kmirror::app {

namespace {

bool is_separator(std::uint8_t c) {
  return std::isspace(c) || c == ':';
}

}  // namespace

bool is_hex(ConstBytes text) {
  const bool has_digits = std::ranges::any_of(text, [](auto c) { return std::isxdigit(c); });
  return has_digits &&
         std::ranges::all_of(text, [](auto c) { return std::isxdigit(c) || is_separator(c); });
}

bool is_other_text(ConstBytes bytes) {
  return !bytes.empty() && !is_hex(bytes) &&
         std::ranges::all_of(bytes, [](auto c) { return std::isprint(c) || std::isspace(c); });
}

std::optional<Buffer> from_hex(ConstBytes text) {
  Buffer bytes;
  bool is_half = false;
  for (const std::uint8_t c : text) {
    if (is_separator(c)) continue;
    const int digit = std::isdigit(c) ? c - '0' : std::tolower(c) - 'a' + 10;
    if (!is_half) bytes.push_back(0);
    bytes.back() = static_cast<std::uint8_t>(bytes.back() << 4 | digit);
    is_half = !is_half;
  }
  if (is_half) return std::nullopt;
  return bytes;
}

}  // namespace kmirror::app
