#include "mirror/config/check_keys.h"

#include <fmt/format.h>

namespace kmirror::mirror {
namespace {

std::string unknown_key(const Property& property, KeySet set) {
  std::string said = fmt::format("{}: {} is not a known key and has no effect",  //
                                 property.where(), property.key);
  KeySet other = set == KeySet::kConsumer ? KeySet::kProducer : KeySet::kConsumer;
  if (set != KeySet::kOwn && find_known_key(other, property.key) != nullptr) {
    return fmt::format("{}: {} is a key of the {} and has no effect here.", property.where(),
                       property.key, other == KeySet::kProducer ? "producer" : "consumer");
  }
  std::string_view nearest = nearest_known_key(set, property.key);
  if (nearest.empty()) return said + '.';
  return fmt::format("{}; the nearest one is {}.", said, nearest);
}

bool passes(const KnownKey& key, const Property& property) {
  return trimmed(property.value).empty() || names_contain(key.harmless, property.value);
}

}  // namespace

ConfigError wrong_value(const Property& property, std::string_view must_be) {
  return {fmt::format("{}: {}={} is wrong: it {}.", property.where(), property.key, property.value,
                      must_be)};
}

std::optional<ConfigError> check_keys(const Properties& properties, KeySet set,
                                      std::vector<std::string>& warnings,
                                      std::vector<std::string>& without_effect) {
  for (const Property& property : properties) {
    const KnownKey* key = find_known_key(set, property.key);
    if (key == nullptr) key = find_known_key(KeySet::kOwn, property.key);
    if (key == nullptr) {
      warnings.push_back(unknown_key(property, set));
      continue;
    }
    if (auto complaint = key->rule.complaint(property.value)) {
      return wrong_value(property, *complaint);
    }
    std::string where_and_key = fmt::format("{}: {}", property.where(), property.key);
    switch (key->role) {
      case KeyRole::kUsed:
        break;
      case KeyRole::kNoEffect:
        without_effect.push_back(fmt::format("{} ({})", property.key, property.where()));
        break;
      case KeyRole::kNotFollowed:
        if (passes(*key, property)) break;
        warnings.push_back(
            fmt::format("{}={} is not followed: {}.", where_and_key, property.value, key->note));
        break;
      case KeyRole::kSecureOnly:  // the value may be a secret and is not repeated
        warnings.push_back(fmt::format("{} has no effect, because security.protocol is PLAINTEXT.",
                                       where_and_key));
        break;
      case KeyRole::kRefused:
        if (passes(*key, property)) break;
        return ConfigError{
            fmt::format("{}={} is refused: {}.", where_and_key, property.value, key->note)};
    }
  }
  return std::nullopt;
}

}  // namespace kmirror::mirror
