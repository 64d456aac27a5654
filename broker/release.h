// The release of Kafka that a cluster poses as: which versions of the APIs it offers, and where its
// brokers behave differently. Plain values, no thread rules.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "broker/core/producer_states.h"
#include "protocol/api.h"

namespace kmirror::broker {

struct Release {
  int major = 4;
  int minor = 1;

  auto operator<=>(const Release&) const = default;
};

// "4.1", "2.8", "0.11". None if there is no such release, or none that can be posed as: those
// before 0.11 know no record batches.
std::optional<Release> parse_release(std::string_view text);
std::string to_string(const Release& release);

// What a broker of that release offers of what is implemented here, by API key.
std::map<std::int16_t, protocol::VersionRange> offered_versions(const Release& release);

// Where the embedded brokers' behaviour depends on the release.
ProducerRules producer_rules(const Release& release);

}  // namespace kmirror::broker
