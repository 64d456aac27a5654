// Hexadecimal text as people copy it, from Wireshark (as a hex stream, or with colons) or xxd -p.
// Pure functions.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace kmirror::app {

// Only hex digits, with any space or colons between them; no message and no batch is made of these
// bytes alone.
bool is_hex(ConstBytes text);

// Only what is printed, and not hex: neither the bytes of a message or batch nor their text.
bool is_other_text(ConstBytes bytes);

// Of text that is_hex(). None if a digit is left over.
std::optional<Buffer> from_hex(ConstBytes text);

}  // namespace kmirror::app
