#include "protocol/wire/error.h"

#include <fmt/format.h>

namespace kmirror::protocol {
namespace {

std::string_view describe(WireError::Kind kind) {
  switch (kind) {
    case WireError::Kind::kNone:
      return "no error";
    case WireError::Kind::kTruncated:
      return "the bytes end inside the field";
    case WireError::Kind::kBadLength:
      return "the length is out of range";
    case WireError::Kind::kBadVarint:
      return "the varint is malformed";
    case WireError::Kind::kTrailingBytes:
      return "bytes are left after the last field";
    case WireError::Kind::kBadTag:
      return "the tags are not in ascending order";
    case WireError::Kind::kNullNotAllowed:
      return "null is not allowed in this version";
    case WireError::Kind::kUnsupportedVersion:
      return "the version is not supported";
    case WireError::Kind::kFieldNotInVersion:
      return "the version has no such field, but a value is set";
  }
  return "unknown error";
}

}  // namespace

std::string WireError::to_string() const {
  if (kind == Kind::kNone) return std::string(describe(kind));
  return fmt::format("{}: {} (byte {})", path.empty() ? "message" : path, describe(kind), offset);
}

void WireError::prepend(std::string_view name) {
  const bool dot = !path.empty() && path.front() != '[';
  path = fmt::format("{}{}{}", name, dot ? "." : "", path);
}

void WireError::prepend_index(std::size_t index) {
  path = fmt::format("[{}]{}{}", index, path.empty() ? "" : ".", path);
}

}  // namespace kmirror::protocol
