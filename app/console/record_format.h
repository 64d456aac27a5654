// Prints records as Kafka's DefaultMessageFormatter does, byte for byte. Pure; one owner.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "protocol/records/batch_view.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::app {

struct RecordPlace {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  protocol::TimestampType timestamp_type = protocol::TimestampType::kCreateTime;
};

class RecordFormat {
 public:
  // The properties it takes, named as Kafka names them.
  static const std::set<std::string>& known_properties();

  explicit RecordFormat(const std::map<std::string, std::string>& properties);

  // Appends the record's text to `out`.
  void append(const RecordPlace& place, const protocol::RecordView& record, std::string& out) const;

 private:
  std::string_view text_of(const std::optional<ConstBytes>& bytes) const;
  void append_headers(const protocol::RecordView& record, std::string& out) const;

  bool timestamp_ = false;
  bool partition_ = false;
  bool offset_ = false;
  bool headers_ = false;
  bool key_ = false;
  bool value_ = true;
  std::string key_separator_ = "\t";
  std::string line_separator_ = "\n";
  std::string headers_separator_ = ",";
  std::string null_literal_ = "null";
};

}  // namespace kmirror::app
