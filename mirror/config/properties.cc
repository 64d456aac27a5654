#include "mirror/config/properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

namespace kmirror::mirror {
namespace {

constexpr std::size_t kMaxFileBytes = 1024 * 1024;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\f';
}

// A logical line: continuations joined, escapes still in place.
struct LogicalLine {
  std::string text;
  int number = 0;
};

// Cuts a file into logical lines as Properties.LineReader does: blank lines and comments are
// dropped, an odd number of backslashes at the end joins the next line without its leading blanks,
// and such a next line is never a comment.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  std::optional<LogicalLine> next() {
    LogicalLine line;
    while (!rest_.empty()) {
      std::string_view natural = next_natural();
      while (!natural.empty() && is_blank(natural.front())) natural.remove_prefix(1);
      if (line.text.empty()) {
        if (natural.empty() || natural.front() == '#' || natural.front() == '!') continue;
        line.number = number_;
      }
      bool continued = ends_in_odd_backslashes(natural);
      if (continued) natural.remove_suffix(1);
      line.text += natural;
      if (!continued && !line.text.empty()) return line;
    }
    if (line.text.empty()) return std::nullopt;
    return line;
  }

 private:
  // Lines end with \n, \r or \r\n.
  std::string_view next_natural() {
    ++number_;
    std::size_t end = rest_.find_first_of("\r\n");
    std::string_view natural = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
    if (rest_.starts_with("\r\n")) {
      rest_.remove_prefix(2);
    } else if (!rest_.empty()) {
      rest_.remove_prefix(1);
    }
    return natural;
  }

  static bool ends_in_odd_backslashes(std::string_view text) {
    std::size_t last_other = text.find_last_not_of('\\');
    std::size_t count = last_other == std::string_view::npos ? text.size()  //
                                                             : text.size() - last_other - 1;
    return count % 2 == 1;
  }

  std::string_view rest_;
  int number_ = 0;
};

struct KeyAndValue {
  std::string_view key, value;
};

// The key ends at the first '=', ':' or blank that no backslash escapes; blanks around one
// separator belong to neither side.
KeyAndValue split(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && line[end] != '=' && line[end] != ':' && !is_blank(line[end])) {
    end += line[end] == '\\' ? 2 : 1;
  }
  end = std::min(end, line.size());
  std::size_t value = end;
  while (value < line.size() && is_blank(line[value])) ++value;
  if (value < line.size() && (line[value] == '=' || line[value] == ':')) ++value;
  while (value < line.size() && is_blank(line[value])) ++value;
  return {line.substr(0, end), line.substr(value)};
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code_point >> shift) & 0x3f)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// The UTF-16 unit of "\uXXXX" at `at`, which need not be there.
std::optional<std::uint32_t> unicode_escape(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "\\u" || text.size() < at + 6) return std::nullopt;
  std::uint32_t unit = 0;
  const char* end = text.data() + at + 6;
  auto [stop, error] = std::from_chars(text.data() + at + 2, end, unit, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return unit;
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

// Empty when a \u escape is malformed, half a surrogate pair included.
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (i + 1 == text.size()) break;
    char escaped = text[i + 1];
    if (escaped != 'u') {
      constexpr std::string_view kLetters = "tnrf", kMeanings = "\t\n\r\f";
      std::size_t letter = kLetters.find(escaped);
      out += letter == std::string_view::npos ? escaped : kMeanings[letter];
      ++i;
      continue;
    }
    std::optional<std::uint32_t> unit = unicode_escape(text, i);
    if (!unit || is_low_surrogate(*unit)) return std::nullopt;
    i += 5;
    if (is_high_surrogate(*unit)) {
      std::optional<std::uint32_t> low = unicode_escape(text, i + 1);
      if (!low || !is_low_surrogate(*low)) return std::nullopt;
      unit = 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
      i += 6;
    }
    append_utf8(out, *unit);
  }
  return out;
}

}  // namespace

std::string Property::where() const {
  return line == 0 ? file : fmt::format("{}:{}", file, line);
}

const Property* find_property(const Properties& properties, std::string_view key) {
  auto found = std::ranges::find(properties, key, &Property::key);
  return found == properties.end() ? nullptr : &*found;
}

void set_property(Properties& properties, Property property) {
  auto found = std::ranges::find(properties, property.key, &Property::key);
  if (found == properties.end()) {
    properties.push_back(std::move(property));
  } else {
    *found = std::move(property);
  }
}

ConfigResult<Properties> parse_properties(std::string_view text, const std::string& file) {
  // Editors on Windows write a byte-order mark, which would hide the first key.
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Properties properties;
  LineReader reader(text);
  while (std::optional<LogicalLine> line = reader.next()) {
    KeyAndValue raw = split(line->text);
    std::optional<std::string> key = unescape(raw.key), value = unescape(raw.value);
    if (!key || !value) {
      return ConfigError{fmt::format(
          "{}:{}: malformed \\u escape: it takes four hexadecimal digits (a backslash itself is "
          "written \\\\)",
          file, line->number)};
    }
    set_property(properties, {std::move(*key), std::move(*value), file, line->number});
  }
  return properties;
}

ConfigResult<Properties> read_properties(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open()) {
    std::string reason = std::generic_category().message(errno == 0 ? EIO : errno);
    return ConfigError{fmt::format("cannot read {}: {}", file, reason)};
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxFileBytes) {
    return ConfigError{fmt::format("cannot read {}: it is larger than 1 MiB", file)};
  }
  return parse_properties(text, file);
}

}  // namespace kmirror::mirror
