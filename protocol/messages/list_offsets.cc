#include "protocol/messages/list_offsets.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ListOffsetsRequest);
KMIRROR_INSTANTIATE_MESSAGE(ListOffsetsResponse);

}  // namespace kmirror::protocol
