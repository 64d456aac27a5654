#include "protocol/messages/describe_acls.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeAclsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeAclsResponse);

}  // namespace kmirror::protocol
