// The lines of a dump, each a JSON object. Names follow those that Kafka's DumpLogSegments prints;
// a line has always all of its keys, with null for what the format does not have. Pure functions
// that append to a caller's text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/legacy_cursor.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::protocol {

// A batch, or a message of format 0 or 1, from its header.
struct EntryLine {
  std::uint64_t position = 0;  // in the file
  std::uint64_t size = 0;      // as its length field has it
  ConstBytes header;
  bool is_valid = false;  // the CRC is right
};

void append_line(const EntryLine& entry, std::string& out);

void append_line(const BatchView& batch, const RecordView& record, std::string& out);

// Of a message, or of one within it.
void append_line(const LegacyMessageView& message, const LegacyRecord& record, std::string& out);

}  // namespace kmirror::protocol
