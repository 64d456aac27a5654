// Whether the node that was asked looks after a group.
#pragma once

#include <string_view>

#include "broker/call.h"
#include "protocol/error_code.h"

namespace kmirror::broker {

// NOT_COORDINATOR if it doesn't.
protocol::ErrorCode check_coordinator(const CallContext& call, std::string_view group_id);

// The same where the group has to have a name. OffsetCommit, OffsetFetch, DescribeGroups and
// DeleteGroups take the one without: offsets could be stored under it before there were members.
protocol::ErrorCode check_group(const CallContext& call, std::string_view group_id);

}  // namespace kmirror::broker
