#include "protocol/messages/alter_configs.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(AlterConfigsRequest);
KMIRROR_INSTANTIATE_MESSAGE(AlterConfigsResponse);

}  // namespace kmirror::protocol
