#include "protocol/messages/metadata.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(MetadataRequest);
KMIRROR_INSTANTIATE_MESSAGE(MetadataResponse);

}  // namespace kmirror::protocol
