// What somebody who mistyped a name may have meant. Pure.
#pragma once

#include <span>
#include <string_view>

namespace kmirror::mirror {

// The first of the names that are fewest edits away (letters inserted, removed or replaced), if
// that is at most a third of the name's length; else empty.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> names);

}  // namespace kmirror::mirror
