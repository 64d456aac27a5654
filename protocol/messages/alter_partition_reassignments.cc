#include "protocol/messages/alter_partition_reassignments.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(AlterPartitionReassignmentsRequest);
KMIRROR_INSTANTIATE_MESSAGE(AlterPartitionReassignmentsResponse);

}  // namespace kmirror::protocol
