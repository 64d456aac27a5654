#include "protocol/messages/heartbeat.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(HeartbeatRequest);
KMIRROR_INSTANTIATE_MESSAGE(HeartbeatResponse);

}  // namespace kmirror::protocol
