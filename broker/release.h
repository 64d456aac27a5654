// The release of Kafka that a cluster poses as: which versions of the APIs it offers, and where its
// brokers behave differently. Plain values, no thread rules.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// A feature of a cluster as ApiVersions tells it (KIP-584); a level of 0 is off.
struct Feature {
  std::string_view name;
  std::int16_t min = 0;
  std::int16_t max = 0;
  std::int16_t level = 0;
};

// Those that a new cluster has on and that clients act on. group.version is none of them: the
// groups of KIP-848 are left out.
std::vector<Feature> features(const Release& release);

// Whether transactions are those of KIP-890: transaction.version is 2.
bool has_new_transactions(const Release& release);

// Where the embedded brokers' behaviour depends on the release.
ProducerRules producer_rules(const Release& release);

}  // namespace kmirror::broker
