#include "protocol/messages/describe_groups.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeGroupsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeGroupsResponse);

}  // namespace kmirror::protocol
