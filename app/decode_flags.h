// The flags of `kmirror decode`, and its help. Pure, but for the texts that are printed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/console/console_flags.h"
#include "protocol/records/record_stream.h"

namespace kmirror::app {

struct DecodeFlags {
  std::string api;
  int version = -1;
  bool frame = false;
  bool segment = false;
  bool records = false;
  std::size_t max_record_bytes = protocol::kDefaultMaxRecordBytes;
  std::vector<std::string> words;  // [request|response] FILE

  bool has_messages() const { return !segment && !records; }
  bool is_request() const { return words.front() == "request"; }
  const std::string& file() const { return words.back(); }
};

// Prints why the command cannot be run.
Exit usage_error(std::string_view text);

// argv[0] is the command's name. What is left unchecked: whether there is such an API and version.
Exit parse_decode_flags(int argc, char** argv, DecodeFlags& flags);

}  // namespace kmirror::app
