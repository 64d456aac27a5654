// Which topics the members of a group of consumers read, as their metadata tell. A pure function.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "broker/core/group_members.h"

namespace kmirror::broker {

// None if it cannot be told. Without members nothing is read.
std::optional<std::set<std::string, std::less<>>> subscribed_topics(const GroupMembers& members,
                                                                    std::string_view protocol);

}  // namespace kmirror::broker
