#include "protocol/messages/describe_topic_partitions.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeTopicPartitionsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeTopicPartitionsResponse);

}  // namespace kmirror::protocol
