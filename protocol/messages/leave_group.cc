#include "protocol/messages/leave_group.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(LeaveGroupRequest);
KMIRROR_INSTANTIATE_MESSAGE(LeaveGroupResponse);

}  // namespace kmirror::protocol
