// The stories, by what they are about. Constants, no thread rules.
#pragma once

#include <span>
#include <string_view>

#include "conformance/story.h"

namespace kmirror::conformance {

inline constexpr Release kSince41{4, 1};
inline constexpr Release kUntil39{3, 9};

struct Telling {
  std::string_view name;  // says what is true
  Awaitable<void> (*tell)(Story&);
  Release since{};
  Release until{99, 0};
};

struct Group {
  std::string_view name;
  std::span<const Telling> (*stories)();
};

std::span<const Telling> produce_stories();

inline constexpr Group kGroups[] = {
    {"produce", produce_stories},
};

}  // namespace kmirror::conformance
