// Lines of input as records, as Kafka's LineMessageReader takes them apart. Pure; one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace kmirror::app {

// Cuts bytes that arrive in any pieces into lines, which end with LF or CR LF.
class LineSplitter {
 public:
  void feed(std::string_view bytes);

  // The next whole line without its end; valid until the next feed().
  std::optional<std::string_view> next();

  // What is left when no more bytes come: a last line without an end, if there is one.
  std::optional<std::string_view> rest();

 private:
  std::string bytes_;
  std::size_t begin_ = 0;    // of the next line
  std::size_t scanned_ = 0;  // no line ends before here
};

struct LineRecord {
  std::optional<std::string_view> key;
  std::string_view value;
};

// How a line becomes a record.
struct LineFormat {
  bool parse_key = false;
  std::string key_separator = "\t";

  // Empty when parse_key asks for a separator that the line lacks.
  std::optional<LineRecord> parse(std::string_view line) const;
};

}  // namespace kmirror::app
