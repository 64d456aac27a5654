#include "protocol/messages/add_partitions_to_txn.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(AddPartitionsToTxnRequest);
KMIRROR_INSTANTIATE_MESSAGE(AddPartitionsToTxnResponse);

}  // namespace kmirror::protocol
