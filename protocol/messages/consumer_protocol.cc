#include "protocol/messages/consumer_protocol.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ConsumerProtocolSubscription);
KMIRROR_INSTANTIATE_MESSAGE(ConsumerProtocolAssignment);

}  // namespace kmirror::protocol
