#include "protocol/messages/describe_configs.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeConfigsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeConfigsResponse);

}  // namespace kmirror::protocol
