// A Java .properties file, read as java.util.Properties reads it, but as UTF-8 and remembering
// where each key stands. A plain value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mirror/config/config_result.h"

namespace kmirror::mirror {

// One key with its value. The last one of a name wins, as in Java.
struct Property {
  std::string key;
  std::string value;
  std::string file;  // as the user named it; "--set" for the command line
  int line = 0;      // from 1, the first line of a continued one; 0 on the command line

  // "consumer.properties:3", or "--set".
  std::string where() const;
};

// Keys in the order of their first appearance, each once.
using Properties = std::vector<Property>;

// Nothing when the key is absent. The pointer lives as long as `properties` is unchanged.
const Property* find_property(const Properties& properties, std::string_view key);

// Adds the property, or replaces the one of that key.
void set_property(Properties& properties, Property property);

// `file` only labels positions. The one error is a malformed \u escape.
ConfigResult<Properties> parse_properties(std::string_view text, const std::string& file);

// Errors: the operating system's, and those of parse_properties. At most 1 MiB is read.
ConfigResult<Properties> read_properties(const std::string& file);

}  // namespace kmirror::mirror
