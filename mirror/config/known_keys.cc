#include "mirror/config/known_keys.h"

#include <algorithm>
#include <array>
#include <vector>

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

// Levenshtein's distance: letters to insert, remove or replace.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
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
  constexpr std::size_t kLongestName = 128;  // bounds the work: a name comes from a file
  if (name.size() > kLongestName) return {};
  std::vector<std::span<const KnownKey>> parts = parts_of(set);
  if (set != KeySet::kOwn) parts.push_back(own_keys());
  std::string_view nearest;
  std::size_t fewest = name.size() / 3 + 1;
  for (std::span<const KnownKey> part : parts) {
    for (const KnownKey& key : part) {
      std::size_t edits = edits_between(name, key.name);
      if (edits >= fewest) continue;
      fewest = edits;
      nearest = key.name;
    }
  }
  return nearest;
}

}  // namespace kmirror::mirror
