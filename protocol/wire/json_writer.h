// A message as one line of JSON, with the names and forms of Kafka's own JsonConverter classes
// (4.1): uuids and bytes in base64, records only by their size as recordsSizeInBytes, floats that
// are not numbers as Java's text, tagged fields only when set, unknown ones not at all. Secrets are
// shown. Pure functions, no thread rules.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/wire/layout.h"

namespace kmirror::protocol {

std::string to_json(const StructLayout& layout, const void* message, std::int16_t version);

// The fields of this version.
template <class M>
std::string to_json(const M& message, std::int16_t version) {
  return to_json(layout_of<M>(), &message, version);
}

}  // namespace kmirror::protocol
