#include "protocol/messages/create_acls.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(CreateAclsRequest);
KMIRROR_INSTANTIATE_MESSAGE(CreateAclsResponse);

}  // namespace kmirror::protocol
