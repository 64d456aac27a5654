// Where two messages of one version differ, a line each: "topics[3].name: "a", "b"". The values are
// shown as wire/printer.h shows them: of records, bytes and secrets that differ no content. Pure
// functions, no thread rules.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/wire/layout.h"

namespace kmirror::protocol {

std::vector<std::string> diff(const StructLayout& layout, const void* a, const void* b,
                              std::int16_t version);

// Empty when the fields of this version are the same.
template <class M>
std::vector<std::string> diff(const M& a, const M& b, std::int16_t version) {
  return diff(layout_of<M>(), &a, &b, version);
}

}  // namespace kmirror::protocol
