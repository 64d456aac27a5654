// What a message's describe() says of a field beside its name and member: since which version,
// until which, where it may be null, its tag, whether it may be dropped by versions that lack it,
// and whether its value is a secret. All but the last are words of Kafka's message schemas.
// Combined with |:
//     a.field("rack", m.rack, since(1) | kNullable | kIgnorable);
// A field's default is its member's initialiser. Constants only, no thread rules.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace kmirror::protocol {

inline constexpr std::int16_t kNeverNullable = std::numeric_limits<std::int16_t>::max();
inline constexpr int kNotTagged = -1;
inline constexpr int kMaxKnownTag = 31;

struct Spec {
  std::int16_t since = 0;
  std::int16_t until = std::numeric_limits<std::int16_t>::max();
  std::int16_t nullable_since = kNeverNullable;
  int tag = kNotTagged;
  bool ignorable = false;
  bool secret = false;

  constexpr bool contains(std::int16_t version) const {
    return since <= version && version <= until;
  }
  constexpr bool nullable_in(std::int16_t version) const { return version >= nullable_since; }
};

constexpr Spec operator|(Spec a, Spec b) {
  return {.since = std::max(a.since, b.since),
          .until = std::min(a.until, b.until),
          .nullable_since = std::min(a.nullable_since, b.nullable_since),
          .tag = std::max(a.tag, b.tag),
          .ignorable = a.ignorable || b.ignorable,
          .secret = a.secret || b.secret};
}

constexpr Spec since(std::int16_t version) {
  return {.since = version};
}
constexpr Spec until(std::int16_t version) {
  return {.until = version};
}
constexpr Spec nullable_since(std::int16_t version) {
  return {.nullable_since = version};
}
// 0 to kMaxKnownTag; the field is tagged in every version that has it.
consteval Spec tagged(int tag) {
  if (tag < 0 || tag > kMaxKnownTag) throw "tag out of range";
  return {.tag = tag};
}
inline constexpr Spec kNullable{.nullable_since = 0};
inline constexpr Spec kIgnorable{.ignorable = true};
// What is made for people (wire/printer.h, wire/diff.h) never shows the value. JSON does: it is the
// whole message, as Kafka's own converter gives it.
inline constexpr Spec kSecret{.secret = true};

}  // namespace kmirror::protocol
