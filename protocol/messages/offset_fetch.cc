#include "protocol/messages/offset_fetch.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(OffsetFetchRequest);
KMIRROR_INSTANTIATE_MESSAGE(OffsetFetchResponse);

}  // namespace kmirror::protocol
