// Hexadecimal text as people copy it, from Wireshark or xxd -p. Pure functions.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace kmirror::app {

// Only hex digits, and any space between them; no message and no batch is made of these bytes
// alone.
bool is_hex(ConstBytes text);

// Of text that is_hex(). None if a digit is left over.
std::optional<Buffer> from_hex(ConstBytes text);

}  // namespace kmirror::app
