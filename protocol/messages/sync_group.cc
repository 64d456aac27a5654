#include "protocol/messages/sync_group.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(SyncGroupRequest);
KMIRROR_INSTANTIATE_MESSAGE(SyncGroupResponse);

}  // namespace kmirror::protocol
