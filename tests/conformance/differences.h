// Where the embedded cluster answers otherwise than Kafka, and why. Whatever does not stand here
// has to be the same, and whatever does has to differ. Constants, no thread rules.
#pragma once

#include <string_view>

namespace kmirror::conformance {

struct Difference {
  std::string_view release;  // empty: all of them
  std::string_view group;
  std::string_view story;
  std::string_view reason;
};

inline constexpr std::string_view kNoMessageSets =
    "message sets are left out, and with them the versions that carry nothing else";
inline constexpr std::string_view kNoFollowers =
    "the brokers do not replicate by Fetch, so they do not look at who says to be one of them";

inline constexpr Difference kDifferences[] = {
    {"3.9", "connection", "what brokers offer in version 0", kNoMessageSets},
    {"3.9", "connection", "what brokers offer in version 3", kNoMessageSets},
    {"3.9", "connection", "what brokers offer in version 4", kNoMessageSets},
    {"", "fetch", "a client that poses as a replica is refused", kNoFollowers},
    {"3.9", "fetch", "versions 0 to 3 bring message sets", kNoMessageSets},
    {"3.9", "produce", "versions 0 to 2 take message sets", kNoMessageSets},
};

}  // namespace kmirror::conformance
