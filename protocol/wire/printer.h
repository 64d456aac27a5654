// A message as one line for people: "topics=[{name="t" partitions=[0 1 2 +97 more]}]". Bytes and
// records are shown by their length, secrets as ***, error codes by name, of long arrays the first
// elements. Tagged fields appear when they are set. Pure functions, no thread rules.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/wire/layout.h"

namespace kmirror::protocol {

std::string print(const StructLayout& layout, const void* message, std::int16_t version);

// The fields of this version.
template <class M>
std::string print(const M& message, std::int16_t version) {
  return print(layout_of<M>(), &message, version);
}

// One value of a field that is described so.
std::string print(Value value, const Spec& spec, std::int16_t version);
std::string print(const TaggedFields& unknown);

}  // namespace kmirror::protocol
