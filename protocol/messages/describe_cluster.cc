#include "protocol/messages/describe_cluster.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeClusterRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeClusterResponse);

}  // namespace kmirror::protocol
