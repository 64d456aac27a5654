// Typed access to properties that check_keys has passed. Pure; refers to the properties.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "mirror/config/config_result.h"
#include "mirror/config/mirror_config.h"
#include "mirror/config/properties.h"

namespace kmirror::mirror {

// Names of one setting, today's first; the first one that is there counts.
using KeyNames = std::initializer_list<std::string_view>;

class KeyReader {
 public:
  explicit KeyReader(const Properties& properties) : properties_(properties) {}

  // Null when none of the names is there.
  const Property* find(KeyNames names) const;

  // The trimmed value; empty when none of the names is there.
  std::string text(KeyNames names) const;

  // The value; `otherwise` when none of the names is there.
  std::int64_t number(KeyNames names, std::int64_t otherwise) const;
  std::int32_t int32(KeyNames names, std::int32_t otherwise) const;
  std::size_t bytes(KeyNames names, std::size_t otherwise) const;
  bool boolean(std::string_view name, bool otherwise) const;

  // At most about 25 days (2^31 - 1 ms), so that adding it to a time cannot overflow.
  milliseconds duration(KeyNames names, milliseconds otherwise) const;

 private:
  const Properties& properties_;
};

// Where both files agree: time-outs, back-offs, client.id. The bootstrap servers stand under the
// given names; the error is a malformed address.
ConfigResult<ClientConfig> read_client_config(const KeyReader& keys, KeyNames bootstrap_names);

}  // namespace kmirror::mirror
