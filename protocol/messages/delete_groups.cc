#include "protocol/messages/delete_groups.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DeleteGroupsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DeleteGroupsResponse);

}  // namespace kmirror::protocol
