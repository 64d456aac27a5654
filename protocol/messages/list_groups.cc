#include "protocol/messages/list_groups.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ListGroupsRequest);
KMIRROR_INSTANTIATE_MESSAGE(ListGroupsResponse);

}  // namespace kmirror::protocol
