// What was wrong with bytes that came from outside, and where.
#pragma once

#include <cstddef>

namespace kmirror::protocol {

struct Malformed {
  const char* what = nullptr;  // a constant sentence part: "record length is negative"
  std::size_t position = 0;    // in bytes from the beginning of what was read
};

// Of a record, or a message of format 0 or 1, that needs more memory than the caller grants.
inline constexpr const char* kRecordTooLarge = "record is larger than is allowed";

inline constexpr const char* kRecordBeyondBatch = "record reaches beyond its batch";

}  // namespace kmirror::protocol
