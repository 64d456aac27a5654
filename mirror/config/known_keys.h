// Every configuration key that Kafka's clients, the old ZooKeeper consumer, the old producer and
// this program know, and what becomes of each here. The tables are constant; no thread rules.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mirror/config/value_rule.h"

namespace kmirror::mirror {

enum class KeyRole {
  kUsed,         // decides something here
  kNoEffect,     // tunes the Java client or the JVM; nothing here depends on it
  kNotFollowed,  // what is done here instead is at least as safe; said as a warning
  kSecureOnly,   // of ssl.* and sasl.*: without effect in plaintext, as in Kafka; said as a warning
  kRefused,      // touches security or delivery and is not implemented: never ignored
};

struct KnownKey {
  std::string_view name;
  KeyRole role = KeyRole::kUsed;
  ValueRule rule;
  std::string_view note = {};      // the reason of kNotFollowed and kRefused
  std::string_view harmless = {};  // values, comma-separated, that those two let pass
};

// Which list of keys a property is held against.
enum class KeySet {
  kConsumer,  // consumer.properties: Kafka's consumer, new and old
  kProducer,  // producer.properties
  kOwn,       // this program's; they stand in either file or in --set
};

// In alphabetical order within each of the parts that make a set up.
std::span<const KnownKey> own_keys();
std::span<const KnownKey> common_client_keys();
std::span<const KnownKey> security_keys();
std::span<const KnownKey> consumer_only_keys();
std::span<const KnownKey> producer_only_keys();

// Null when the set has no such key. kConsumer and kProducer include the common and security keys.
const KnownKey* find_known_key(KeySet set, std::string_view name);

// The key of the set, or of kOwn, that nearest_name finds.
std::string_view nearest_known_key(KeySet set, std::string_view name);

}  // namespace kmirror::mirror
