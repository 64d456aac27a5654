#include "protocol/messages/add_offsets_to_txn.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(AddOffsetsToTxnRequest);
KMIRROR_INSTANTIATE_MESSAGE(AddOffsetsToTxnResponse);

}  // namespace kmirror::protocol
