#include "protocol/messages/describe_producers.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeProducersRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeProducersResponse);

}  // namespace kmirror::protocol
