#include "app/console/line_reader.h"

namespace kmirror::app {

namespace {

std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void LineSplitter::feed(std::string_view bytes) {
  bytes_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  bytes_ += bytes;
}

std::optional<std::string_view> LineSplitter::next() {
  const std::size_t end = bytes_.find('\n', scanned_);
  if (end == std::string::npos) {
    scanned_ = bytes_.size();
    return std::nullopt;
  }
  const auto line = std::string_view(bytes_).substr(begin_, end - begin_);
  begin_ = scanned_ = end + 1;
  return without_cr(line);
}

std::optional<std::string_view> LineSplitter::rest() {
  if (begin_ == bytes_.size()) return std::nullopt;
  const auto line = std::string_view(bytes_).substr(begin_);
  begin_ = scanned_ = bytes_.size();
  return without_cr(line);
}

std::optional<LineRecord> LineFormat::parse(std::string_view line) const {
  if (!parse_key) return LineRecord{.key = std::nullopt, .value = line};
  const std::size_t at = line.find(key_separator);
  if (at == std::string_view::npos) return std::nullopt;
  return LineRecord{.key = line.substr(0, at), .value = line.substr(at + key_separator.size())};
}

}  // namespace kmirror::app
