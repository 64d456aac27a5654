// ListGroups, versions 0 to 5: the groups that the node coordinates, by state and type if wanted.
// All groups here are of the classic type.
#include "protocol/messages/list_groups.h"

#include <algorithm>
#include <string>

#include "broker/api/group_lookup.h"
#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

namespace {

bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool passes(const std::vector<std::string_view>& filter, std::string_view word) {
  return filter.empty() || std::ranges::any_of(filter, [word](std::string_view each) {
           return is_same_word(each, word);
         });
}

}  // namespace

void list_groups(CallContext& call, const protocol::ListGroupsRequest& request,
                 protocol::ListGroupsResponse& response) {
  constexpr std::string_view kType = "classic";
  for (const auto& [id, entry] : call.cluster.groups().all()) {
    if (check_coordinator(call, id) != protocol::ErrorCode::kNone) continue;
    const std::string_view state = to_string(entry.group.state());
    if (!passes(request.states_filter, state) || !passes(request.types_filter, kType)) continue;
    response.groups.push_back({.group_id = call.keep(id),
                               .protocol_type = call.keep(entry.group.protocol_type()),
                               .group_state = state,
                               .group_type = kType});
  }
}

}  // namespace kmirror::broker
