// What the Kafka protocol calls an API: its key, name and the versions spoken here. Constants only;
// every request struct in messages/ carries one as kApi, and so does data that requests and records
// carry. No thread rules.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

namespace kmirror::protocol {

// Both ends belong to the range.
struct VersionRange {
  std::int16_t min = 0;
  std::int16_t max = 0;

  constexpr bool contains(std::int16_t version) const { return min <= version && version <= max; }
  bool operator==(const VersionRange&) const = default;
};

inline constexpr std::int16_t kNeverFlexible = std::numeric_limits<std::int16_t>::max();
inline constexpr std::int16_t kApiVersionsKey = 18;
inline constexpr std::int16_t kNoKey = -1;  // of data, which is no request

// Versions are those a client may use with any broker that offers them. Newer ones, up to known_max
// if there are any, can be read and written but are never negotiated: what Kafka calls unstable, or
// leaves to brokers. flexible is the first version with compact lengths and tagged fields
// (KIP-482).
struct Api {
  std::int16_t key = 0;
  std::string_view name;
  VersionRange versions;
  std::int16_t known_max = 0;
  std::int16_t flexible = kNeverFlexible;

  constexpr VersionRange known() const { return {versions.min, std::max(versions.max, known_max)}; }
  constexpr bool flexible_in(std::int16_t version) const { return version >= flexible; }

  // Header versions follow the body's flexibility (KIP-482). ApiVersions is the exception: its
  // response must be readable before anything is negotiated, so its header never has tags
  // (KIP-511).
  constexpr bool response_header_tagged(std::int16_t version) const {
    return key != kApiVersionsKey && flexible_in(version);
  }

  bool operator==(const Api&) const = default;
};

}  // namespace kmirror::protocol
