#include "broker/release.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kmirror::broker {

namespace {

constexpr auto kReleases =
    std::to_array<Release>({{0, 11}, {1, 0}, {1, 1}, {2, 0}, {2, 1}, {2, 2}, {2, 3}, {2, 4},
                            {2, 5},  {2, 6}, {2, 7}, {2, 8}, {3, 0}, {3, 1}, {3, 2}, {3, 3},
                            {3, 4},  {3, 5}, {3, 6}, {3, 7}, {3, 8}, {3, 9}, {4, 0}, {4, 1}});

}  // namespace

std::optional<Release> parse_release(std::string_view text) {
  const auto found =
      std::ranges::find(kReleases, text, [](const Release& one) { return to_string(one); });
  if (found == kReleases.end()) return std::nullopt;
  return *found;
}

std::string to_string(const Release& release) {
  return fmt::format("{}.{}", release.major, release.minor);
}

ProducerRules producer_rules(const Release& release) {
  ProducerRules rules;
  if (release < Release{1, 0}) {
    rules.remembered_batches = 1;
    rules.unknown = UnknownProducer::kOutOfOrder;
  } else if (release < Release{2, 5}) {
    rules.unknown = UnknownProducer::kUnknown;
  }
  return rules;
}

std::vector<Feature> features(const Release& release) {
  if (release < Release{4, 0}) return {};
  const bool is_4_0 = release < Release{4, 1};
  const std::int16_t metadata_version = is_4_0 ? 25 : 27;  // 4.0-IV3, 4.1-IV1
  return {
      {.name = "metadata.version", .min = 7, .max = metadata_version, .level = metadata_version},
      {.name = "kraft.version", .min = 0, .max = 1, .level = 0},
      {.name = "transaction.version", .min = 0, .max = 2, .level = 2}};
}

bool has_new_transactions(const Release& release) {
  return release >= Release{4, 0};
}

}  // namespace kmirror::broker
