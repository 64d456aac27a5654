#include "protocol/messages/produce.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ProduceRequest);
KMIRROR_INSTANTIATE_MESSAGE(ProduceResponse);

}  // namespace kmirror::protocol
