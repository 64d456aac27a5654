#include "protocol/messages/list_partition_reassignments.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ListPartitionReassignmentsRequest);
KMIRROR_INSTANTIATE_MESSAGE(ListPartitionReassignmentsResponse);

}  // namespace kmirror::protocol
