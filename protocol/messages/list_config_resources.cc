#include "protocol/messages/list_config_resources.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ListConfigResourcesRequest);
KMIRROR_INSTANTIATE_MESSAGE(ListConfigResourcesResponse);

}  // namespace kmirror::protocol
