// Bytes of records as JSON: text where they are UTF-8, {"base64":"..."} where they are not, so that
// nothing is lost and text stays readable. Pure functions on a caller's line, no thread rules.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace kmirror::protocol {

// As Unicode defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(ConstBytes bytes);

void append_json(ConstBytes bytes, std::string& out);

// None is null.
void append_json(const std::optional<ConstBytes>& bytes, std::string& out);

}  // namespace kmirror::protocol
