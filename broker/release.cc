#include "broker/release.h"

#include <fmt/format.h>

#include "broker/api_table.h"

namespace kmirror::broker {

std::string to_string(const Release& release) {
  return fmt::format("{}.{}", release.major, release.minor);
}

std::map<std::int16_t, protocol::VersionRange> offered_versions(const Release&) {
  std::map<std::int16_t, protocol::VersionRange> offered;
  for (const ApiEntry& entry : api_entries()) {
    offered[entry.request->api.key] = entry.request->api.versions;
  }
  offered.at(0).min = 3;
  offered.at(1).min = 4;
  return offered;
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

}  // namespace kmirror::broker
