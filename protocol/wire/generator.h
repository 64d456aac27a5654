// Messages made at random, for tests: every field of a version has a value that the version can
// carry, among them empty, null and extreme ones, text beyond ASCII and unknown tagged fields. The
// same stream gives the same messages. What a message refers to lives as long as the program. Pure
// functions, no thread rules.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/random.h"
#include "protocol/wire/layout.h"

namespace kmirror::protocol {

// Secrets, records and unknown tagged fields consist of this word, repeated, and nothing else does:
// where it must not be shown, a test looks for it.
inline constexpr std::string_view kGeneratedSecret = "swordfish";

// `message` is as it was made: fields that the version lacks are left alone.
void generate(const StructLayout& layout, void* message, std::int16_t version, bool flexible,
              Random& random);

template <class M>
M generate(Random& random, std::int16_t version) {
  M message;
  generate(layout_of<M>(), &message, version, M::kApi.flexible_in(version), random);
  return message;
}

}  // namespace kmirror::protocol
