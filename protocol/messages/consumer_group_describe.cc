#include "protocol/messages/consumer_group_describe.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ConsumerGroupDescribeRequest);
KMIRROR_INSTANTIATE_MESSAGE(ConsumerGroupDescribeResponse);

}  // namespace kmirror::protocol
