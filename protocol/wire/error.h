// What is wrong with bytes that were to be a Kafka message, or with a message that was to become
// bytes. The first error sticks; a connection that saw one is closed. A plain value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kmirror::protocol {

struct WireError {
  enum class Kind {
    kNone,
    kTruncated,       // the bytes end inside a field, or before what a length promises
    kBadLength,       // a length below -1 or above what its type holds; a tag's size not used up
    kBadVarint,       // a varint that is too long or does not fit
    kTrailingBytes,   // bytes are left after the last field
    kBadTag,          // tags not in ascending order, or a tag given twice
    kNullNotAllowed,  // null where the version has no null
    kUnsupportedVersion,  // a version outside the API's range
    kFieldNotInVersion,   // a value set that the version cannot carry
  };

  Kind kind = Kind::kNone;
  std::size_t offset = 0;  // in bytes, from the start of the message's body
  std::string path;        // the field's, "responses[3].partitions[0].records"; empty for the whole

  // True when this is an error.
  explicit operator bool() const { return kind != Kind::kNone; }

  // A sentence with path and offset, for logs.
  std::string to_string() const;

  // Called while the walk returns from a failed field: puts the outer name in front of the path.
  void prepend(std::string_view name);
  void prepend_index(std::size_t index);
};

}  // namespace kmirror::protocol
