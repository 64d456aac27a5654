#include "app/console/record_format.h"

#include <fmt/format.h>

#include <iterator>

#include "app/console/console_flags.h"

namespace kmirror::app {

namespace {

using Properties = std::map<std::string, std::string>;

void take_flag(const Properties& properties, const char* key, bool& flag) {
  const auto found = properties.find(key);
  if (found != properties.end()) flag = is_true(found->second);
}

void take_text(const Properties& properties, const char* key, std::string& text) {
  const auto found = properties.find(key);
  if (found != properties.end()) text = found->second;
}

}  // namespace

const std::set<std::string>& RecordFormat::known_properties() {
  static const std::set<std::string> known = {
      "print.timestamp", "print.partition", "print.offset",   "print.headers",     "print.key",
      "print.value",     "key.separator",   "line.separator", "headers.separator", "null.literal"};
  return known;
}

RecordFormat::RecordFormat(const Properties& properties) {
  take_flag(properties, "print.timestamp", timestamp_);
  take_flag(properties, "print.partition", partition_);
  take_flag(properties, "print.offset", offset_);
  take_flag(properties, "print.headers", headers_);
  take_flag(properties, "print.key", key_);
  take_flag(properties, "print.value", value_);
  take_text(properties, "key.separator", key_separator_);
  take_text(properties, "line.separator", line_separator_);
  take_text(properties, "headers.separator", headers_separator_);
  take_text(properties, "null.literal", null_literal_);
}

std::string_view RecordFormat::text_of(const std::optional<ConstBytes>& bytes) const {
  return bytes ? as_text(*bytes) : std::string_view(null_literal_);
}

void RecordFormat::append_headers(const protocol::RecordView& record, std::string& out) const {
  if (record.header_count == 0) out += "NO_HEADERS";
  protocol::HeaderCursor cursor(record);
  protocol::RecordHeader header;
  bool is_first = true;
  while (cursor.next(header)) {
    if (!is_first) out += headers_separator_;
    is_first = false;
    out += as_text(header.key);
    out += ':';
    out += text_of(header.value);
  }
}

// Each part ends with the key separator if another part follows, else with the line separator.
void RecordFormat::append(const RecordPlace& place, const protocol::RecordView& record,
                          std::string& out) const {
  const auto separator = [this](bool more) -> const std::string& {
    return more ? key_separator_ : line_separator_;
  };
  if (timestamp_) {
    const bool created = place.timestamp_type == protocol::TimestampType::kCreateTime;
    fmt::format_to(std::back_inserter(out), "{}:{}{}", created ? "CreateTime" : "LogAppendTime",
                   place.timestamp_ms,
                   separator(partition_ || offset_ || headers_ || key_ || value_));
  }
  if (partition_) {
    fmt::format_to(std::back_inserter(out), "Partition:{}{}", place.partition,
                   separator(offset_ || headers_ || key_ || value_));
  }
  if (offset_) {
    fmt::format_to(std::back_inserter(out), "Offset:{}{}", place.offset,
                   separator(headers_ || key_ || value_));
  }
  if (headers_) {
    append_headers(record, out);
    out += separator(key_ || value_);
  }
  if (key_) {
    out += text_of(record.key);
    out += separator(value_);
  }
  if (value_) {
    out += text_of(record.value);
    out += line_separator_;
  }
}

}  // namespace kmirror::app
