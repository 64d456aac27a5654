#include "protocol/messages/delete_acls.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DeleteAclsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DeleteAclsResponse);

}  // namespace kmirror::protocol
