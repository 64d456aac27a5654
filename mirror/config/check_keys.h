// Holds what a user wrote against the table of known keys. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mirror/config/config_result.h"
#include "mirror/config/known_keys.h"
#include "mirror/config/properties.h"

namespace kmirror::mirror {

// The first key that cannot be accepted: a wrong value, or one that touches security or delivery
// and is not implemented. Adds a sentence to `warnings` for each key that is unknown or not
// followed, and to `without_effect` "key (file:line)" for each that means nothing here. Afterwards
// every value of a known key satisfies its rule.
std::optional<ConfigError> check_keys(const Properties& properties, KeySet set,
                                      std::vector<std::string>& warnings,
                                      std::vector<std::string>& without_effect);

// "f.properties:3: key=value is wrong: it must be so."
ConfigError wrong_value(const Property& property, std::string_view must_be);

}  // namespace kmirror::mirror
