// The JSON of a message that could not be read to its end: without the fields that were not
// reached, whose defaults would look as if they had been read. Pure, no thread rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/wire/layout.h"

namespace kmirror::protocol {

// `error_path` is that of the WireError with which decoding ended. Without an error it is empty.
std::string partial_json(const StructLayout& layout, const void* message, std::int16_t version,
                         std::string_view error_path);

}  // namespace kmirror::protocol
