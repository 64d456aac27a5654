#include "protocol/messages/consumer_group_heartbeat.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ConsumerGroupHeartbeatRequest);
KMIRROR_INSTANTIATE_MESSAGE(ConsumerGroupHeartbeatResponse);

}  // namespace kmirror::protocol
