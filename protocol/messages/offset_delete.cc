#include "protocol/messages/offset_delete.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(OffsetDeleteRequest);
KMIRROR_INSTANTIATE_MESSAGE(OffsetDeleteResponse);

}  // namespace kmirror::protocol
