#include "protocol/messages/create_partitions.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(CreatePartitionsRequest);
KMIRROR_INSTANTIATE_MESSAGE(CreatePartitionsResponse);

}  // namespace kmirror::protocol
