#include "protocol/messages/init_producer_id.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(InitProducerIdRequest);
KMIRROR_INSTANTIATE_MESSAGE(InitProducerIdResponse);

}  // namespace kmirror::protocol
