#include "mirror/config/known_keys.h"

#include <algorithm>
#include <vector>

#include "mirror/config/nearest_name.h"

namespace kmirror::mirror {
namespace {

std::vector<std::span<const KnownKey>> parts_of(KeySet set) {
  switch (set) {
    case KeySet::kConsumer:
      return {common_client_keys(), security_keys(), consumer_only_keys()};
    case KeySet::kProducer:
      return {common_client_keys(), security_keys(), producer_only_keys()};
    case KeySet::kOwn:
      return {own_keys()};
  }
  return {};
}

}  // namespace

const KnownKey* find_known_key(KeySet set, std::string_view name) {
  for (std::span<const KnownKey> part : parts_of(set)) {
    auto found = std::ranges::find(part, name, &KnownKey::name);
    if (found != part.end()) return &*found;
  }
  return nullptr;
}

std::string_view nearest_known_key(KeySet set, std::string_view name) {
  std::vector<std::span<const KnownKey>> parts = parts_of(set);
  if (set != KeySet::kOwn) parts.push_back(own_keys());
  std::vector<std::string_view> names;
  for (std::span<const KnownKey> part : parts) {
    for (const KnownKey& key : part) names.push_back(key.name);
  }
  return nearest_name(name, names);
}

}  // namespace kmirror::mirror
