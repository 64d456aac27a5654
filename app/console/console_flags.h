// What the flags of the console commands have in common. Pure, but for the texts that are printed
// and the properties file that is read.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/flags.h"

namespace kmirror::app {

// Prints one line to stderr.
void print_error(std::string_view text);

// "key=value" texts of a repeatable flag; the last one of a key wins. A key that is not among the
// known ones is an error, unless `known` is empty.
std::optional<std::map<std::string, std::string>> parse_pairs(const std::string& flag,
                                                              const std::vector<std::string>& texts,
                                                              const std::set<std::string>& known);

// True and false as Java's Boolean.parseBoolean sees them.
bool is_true(std::string_view text);

// Refuses a client properties file that asks for TLS or SASL, which would silently not be used.
Exit check_command_config(const std::string& file);

}  // namespace kmirror::app
