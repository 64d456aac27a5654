#include "protocol/messages/join_group.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(JoinGroupRequest);
KMIRROR_INSTANTIATE_MESSAGE(JoinGroupResponse);

}  // namespace kmirror::protocol
