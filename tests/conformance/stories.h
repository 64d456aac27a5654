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

std::span<const Telling> produce_batch_stories();
std::span<const Telling> produce_codec_stories();
std::span<const Telling> produce_limit_stories();
std::span<const Telling> produce_request_stories();
std::span<const Telling> fetch_stories();
std::span<const Telling> session_stories();
std::span<const Telling> offset_stories();
std::span<const Telling> idempotence_stories();
std::span<const Telling> transaction_stories();
std::span<const Telling> transaction_offset_stories();
std::span<const Telling> group_stories();
std::span<const Telling> static_member_stories();
std::span<const Telling> group_offset_stories();
std::span<const Telling> topic_stories();
std::span<const Telling> config_stories();
std::span<const Telling> connection_stories();

inline constexpr Group kGroups[] = {
    {"produce", produce_batch_stories},
    {"produce", produce_codec_stories},
    {"produce", produce_limit_stories},
    {"produce", produce_request_stories},
    {"fetch", fetch_stories},
    {"sessions", session_stories},
    {"offsets", offset_stories},
    {"idempotence", idempotence_stories},
    {"transactions", transaction_stories},
    {"transactions", transaction_offset_stories},
    {"groups", group_stories},
    {"groups", static_member_stories},
    {"groups", group_offset_stories},
    {"admin", topic_stories},
    {"admin", config_stories},
    {"connection", connection_stories},
};

}  // namespace kmirror::conformance
