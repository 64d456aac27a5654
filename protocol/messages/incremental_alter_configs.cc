#include "protocol/messages/incremental_alter_configs.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(IncrementalAlterConfigsRequest);
KMIRROR_INSTANTIATE_MESSAGE(IncrementalAlterConfigsResponse);

}  // namespace kmirror::protocol
