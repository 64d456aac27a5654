#include "protocol/messages/offset_for_leader_epoch.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(OffsetForLeaderEpochRequest);
KMIRROR_INSTANTIATE_MESSAGE(OffsetForLeaderEpochResponse);

}  // namespace kmirror::protocol
