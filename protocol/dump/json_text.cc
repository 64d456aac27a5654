#include "protocol/dump/json_text.h"

#include <absl/strings/escaping.h>

#include <nlohmann/json.hpp>

namespace kmirror::protocol {

namespace {

// Of the character that `bytes` begin with; 0 where they begin with none. The second byte's range
// depends on the first (The Unicode Standard, table 3-7).
std::size_t utf8_length(ConstBytes bytes) {
  const std::uint8_t first = bytes.front();
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (bytes.size() < length) return 0;
  const std::uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (bytes[1] < low || bytes[1] > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((bytes[i] & 0xc0) != 0x80) return 0;
  }
  return length;
}

// Whether the bytes stand in JSON as they are. Without a branch, so that it is done many at a time.
bool is_plain(ConstBytes bytes) {
  bool other = false;
  for (const std::uint8_t byte : bytes) {
    other |= byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\';
  }
  return !other;
}

}  // namespace

bool is_utf8(ConstBytes bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) return false;
    bytes = bytes.subspan(length);
  }
  return true;
}

void append_json(ConstBytes bytes, std::string& out) {
  const std::string_view text = as_text(bytes);
  if (is_plain(bytes)) {
    out += '"';
    out += text;
    out += '"';
  } else if (is_utf8(bytes)) {
    out += nlohmann::json(text).dump();
  } else {
    out += R"({"base64":")";
    out += absl::Base64Escape(absl::string_view(text.data(), text.size()));
    out += R"("})";
  }
}

void append_json(const std::optional<ConstBytes>& bytes, std::string& out) {
  if (bytes) {
    append_json(*bytes, out);
  } else {
    out += "null";
  }
}

}  // namespace kmirror::protocol
