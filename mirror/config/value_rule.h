// What values a configuration key takes, and the sentence for one that it doesn't. Plain values,
// made at compile time for the table of known keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kmirror::mirror {

struct ValueRule {
  enum class Kind {
    kAny,
    kNumber,   // whole, from min to max
    kDecimal,  // as Java's Double.parseDouble, without its letters
    kBoolean,  // true or false
    kOneOf,    // of the comma-separated `names`
    kBytes,    // whole, with an optional k, m or g (powers of 1024), from min to max
  };
  Kind kind = Kind::kAny;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view names;

  // Nothing when the value is fine; else what it must be, as "must be true or false". Blanks around
  // the value don't matter, nor does the case of names: Kafka's own parser is as lenient.
  std::optional<std::string> complaint(std::string_view value) const;
};

constexpr std::int64_t kMaxInt32 = 2'147'483'647;
constexpr std::int64_t kMaxInt64 = 9'223'372'036'854'775'807;

constexpr ValueRule any_value() {
  return {};
}
constexpr ValueRule number(std::int64_t min = 0, std::int64_t max = kMaxInt32) {
  return {ValueRule::Kind::kNumber, min, max, {}};
}
constexpr ValueRule decimal() {
  return {ValueRule::Kind::kDecimal, 0, 0, {}};
}
constexpr ValueRule boolean() {
  return {ValueRule::Kind::kBoolean, 0, 0, {}};
}
constexpr ValueRule one_of(std::string_view names) {
  return {ValueRule::Kind::kOneOf, 0, 0, names};
}
constexpr ValueRule bytes(std::int64_t min, std::int64_t max) {
  return {ValueRule::Kind::kBytes, min, max, {}};
}

std::string_view trimmed(std::string_view text);

// ASCII only, as everything in Kafka's keys and names of values is.
std::string lower_case(std::string_view text);

// Whether `name` is one of the comma-separated names, whatever the case.
bool names_contain(std::string_view names, std::string_view name);

// Empty unless the whole trimmed text is one number that fits.
std::optional<std::int64_t> parse_long(std::string_view text);
std::optional<std::int64_t> parse_bytes(std::string_view text);

}  // namespace kmirror::mirror
